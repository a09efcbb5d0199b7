#pragma once

// Armed faults: which of the next calls go wrong, and how.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wire/message.hpp"
#include "world/endpoint.hpp"

namespace postato::sandbox {

enum class FaultKind {
    Status = 1,
    Delay,
    Reset,
    Truncate,
    Html,
    Empty,
    RotateThenDrop,
    SpuriousInvalidGrant,
    InvalidClient,
    RateLimit,
    Redirect,
    Huge,
    BadUtf8,
    DuplicateKeys,
    Drip,
};

inline constexpr std::array<std::pair<FaultKind, std::string_view>, 15> kFaultNames{{
    {FaultKind::Status, "status"},
    {FaultKind::Delay, "delay"},
    {FaultKind::Reset, "reset"},
    {FaultKind::Truncate, "truncate"},
    {FaultKind::Html, "html"},
    {FaultKind::Empty, "empty"},
    {FaultKind::RotateThenDrop, "rotate_then_drop"},
    {FaultKind::SpuriousInvalidGrant, "spurious_invalid_grant"},
    {FaultKind::InvalidClient, "invalid_client"},
    {FaultKind::RateLimit, "rate_limit"},
    {FaultKind::Redirect, "redirect"},
    {FaultKind::Huge, "huge"},
    {FaultKind::BadUtf8, "bad_utf8"},
    {FaultKind::DuplicateKeys, "duplicate_keys"},
    {FaultKind::Drip, "drip"},
}};

std::string_view nameOf(FaultKind kind);
std::optional<FaultKind> faultNamed(std::string_view name);

struct Fault {
    FaultKind kind = FaultKind::Status;
    bool after_change = false;  // the call takes effect first, then goes wrong
    std::optional<std::int64_t> delay_ms{};
    std::optional<int> status{};
    std::optional<std::string> body{};
    Headers headers{};  // added to the faulty answer, replacing those of the same name
};

class Faults {
public:
    /// Hits `times` calls of the endpoint, after letting `skip` pass; faults queue up.
    void arm(const std::string& platform, Endpoint endpoint, Fault fault, std::int64_t times,
             std::int64_t skip);
    /// The fault for this call, if one is due; counts the call.
    std::optional<Fault> take(const std::string& platform, Endpoint endpoint);
    /// Empty: those of every platform.
    void clear(std::string_view platform);

private:
    struct Armed {
        Fault fault;
        std::int64_t times;
        std::int64_t skip;
    };
    std::map<std::pair<std::string, Endpoint>, std::deque<Armed>> armed_;
};

}  // namespace postato::sandbox
