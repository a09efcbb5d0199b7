#pragma once

// What was asked of the platforms, for tests to read. Secrets stand in it only as the beginning
// of their SHA-256, so equal secrets can be recognised and none can be taken out.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "wire/message.hpp"
#include "world/clock.hpp"

namespace postato::sandbox {

/// "sha256:" and the first 16 hex digits.
std::string secretMark(std::string_view secret);

class Journal {
public:
    using EntryId = std::uint64_t;

    /// `endpoint` is empty for a path that the platform does not have.
    EntryId record(const Request& request, std::string_view platform, std::string_view endpoint,
                   Millis now);
    /// Notes how the call ended: an HTTP status and, if one struck, a fault.
    void finish(EntryId id, int status, std::string_view fault);

    void clear();

    /// Oldest first; empty strings match everything.
    Json list(std::string_view platform, std::string_view endpoint) const;

private:
    static constexpr std::size_t kMost = 20000;  // the oldest are forgotten first

    std::deque<Json> entries_;
    EntryId first_ = 1;  // id of entries_.front(); never goes back, calls under way hold ids
};

}  // namespace postato::sandbox
