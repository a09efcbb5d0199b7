#pragma once

/// \file
/// Identifiers: a prefix that says the kind, and a ULID (26 characters of Crockford's base 32:
/// 48 bits of milliseconds, 80 random bits). Each kind is a type of its own.

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato {

/// 26 characters, upper case; sorts by time of making.
std::string makeUlid(TimePoint now, Random& random);
bool isUlid(std::string_view text);

/// `Kind` has `static constexpr std::string_view kPrefix`, such as "acc_".
template <class Kind>
class Id {
public:
    static Id make(TimePoint now, Random& random) {
        return Id(std::string(Kind::kPrefix) + makeUlid(now, random));
    }

    /// Nothing when the text is not an id of this kind. Accepts no other spelling.
    static std::optional<Id> parse(std::string_view text) {
        if (!text.starts_with(Kind::kPrefix)) return std::nullopt;
        if (!isUlid(text.substr(Kind::kPrefix.size()))) return std::nullopt;
        return Id(std::string(text));
    }

    /// For values that come from our own database.
    static Id trusted(std::string text) { return Id(std::move(text)); }

    const std::string& str() const noexcept { return text_; }
    auto operator<=>(const Id&) const = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct WorkspaceKind {
    static constexpr std::string_view kPrefix = "wks_";
};
struct AccountKind {
    static constexpr std::string_view kPrefix = "acc_";
};
struct UserKind {
    static constexpr std::string_view kPrefix = "usr_";
};
struct ApiKeyKind {
    static constexpr std::string_view kPrefix = "key_";
};
struct EventKind {
    static constexpr std::string_view kPrefix = "evt_";
};
struct ConnectionKind {
    static constexpr std::string_view kPrefix = "con_";
};
struct ConnectLinkKind {
    static constexpr std::string_view kPrefix = "lnk_";
};
struct RevocationKind {
    static constexpr std::string_view kPrefix = "rev_";
};
struct AttemptKind {
    static constexpr std::string_view kPrefix = "att_";
};
struct IncidentKind {
    static constexpr std::string_view kPrefix = "inc_";
};
struct InstallationKind {
    static constexpr std::string_view kPrefix = "ins_";
};

using WorkspaceId = Id<WorkspaceKind>;
using AccountId = Id<AccountKind>;
using UserId = Id<UserKind>;
using ApiKeyId = Id<ApiKeyKind>;
using EventId = Id<EventKind>;
using ConnectionId = Id<ConnectionKind>;
using ConnectLinkId = Id<ConnectLinkKind>;
using RevocationId = Id<RevocationKind>;
using AttemptId = Id<AttemptKind>;
using IncidentId = Id<IncidentKind>;
using InstallationId = Id<InstallationKind>;

}  // namespace postato
