#pragma once

/// \file
/// The HTTP clients of a journalled call: one that keeps every answer before the plugin sees it,
/// and one that gives kept answers again.

#include <cstddef>

#include "journal/journal_entry.hpp"
#include "postato/sdk/http.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

namespace postato::journal {

/// Keeps the answers of class 2xx: in any other the platform has given nothing that could be lost.
/// An answer that cannot be kept is logged and handed on, since it may still reach the database.
class RecordingClient final : public sdk::HttpClient {
public:
    /// `clock` tells when an answer came. All are borrowed.
    RecordingClient(sdk::HttpClient& network, JournalEntry& entry, const Clock& clock,
                    const Logger& log)
        : network_(network), entry_(entry), clock_(clock), log_(log) {}

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override;

    /// When the latest answer came that is kept.
    std::optional<TimePoint> receivedAt() const { return received_at_; }

private:
    sdk::Result<sdk::HttpResponse> recorded(const sdk::HttpRequest& request,
                                            sdk::HttpResponse response);

    sdk::HttpClient& network_;
    JournalEntry& entry_;
    const Clock& clock_;
    const Logger& log_;
    std::optional<TimePoint> received_at_;
};

/// Sends nothing. A request other than the one recorded, or one more, is `Transient` with the code
/// `not_recorded`.
class ReplayingClient final : public sdk::HttpClient {
public:
    explicit ReplayingClient(const JournalEntry& entry) : entry_(entry) {}

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override;

private:
    const JournalEntry& entry_;
    std::size_t next_ = 0;
};

}  // namespace postato::journal
