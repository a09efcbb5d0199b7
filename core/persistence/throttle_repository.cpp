#include "persistence/identity_repository.hpp"

namespace postato::persistence {

constexpr Statement kHit{
    "throttle.hit",
    "INSERT INTO throttles (subject, window_ends_at, hits) VALUES (:subject, :ends_at, 1) "
    "ON CONFLICT (subject) DO UPDATE SET "
    "hits = CASE WHEN throttles.window_ends_at <= :now THEN 1 ELSE throttles.hits + 1 END, "
    "window_ends_at = CASE WHEN throttles.window_ends_at <= :now THEN excluded.window_ends_at "
    "ELSE throttles.window_ends_at END "
    "RETURNING hits, window_ends_at",
    "ii"};

ThrottleRepository::Hits ThrottleRepository::hit(const std::string& subject,
                                                 std::chrono::milliseconds window) {
    const auto row = tx_.queryOne(
        kHit, {arg("subject", subject), arg("now", tx_.now()), arg("ends_at", tx_.now() + window)});
    return {row->integer(0), row->time(1)};
}

constexpr Statement kPeek{"throttle.peek",
                          "SELECT hits, window_ends_at FROM throttles "
                          "WHERE subject = :subject AND window_ends_at > :now",
                          "ii"};

ThrottleRepository::Hits ThrottleRepository::peek(const std::string& subject) {
    const auto row = tx_.queryOne(kPeek, {arg("subject", subject), arg("now", tx_.now())});
    if (!row) return {0, tx_.now()};
    return {row->integer(0), row->time(1)};
}

constexpr Statement kClear{"throttle.clear", "DELETE FROM throttles WHERE subject = :subject"};

void ThrottleRepository::clear(const std::string& subject) {
    tx_.execute(kClear, {arg("subject", subject)});
}

constexpr Statement kSweep{"throttle.sweep", "DELETE FROM throttles WHERE window_ends_at <= :now"};

std::int64_t ThrottleRepository::sweep() { return tx_.execute(kSweep, {arg("now", tx_.now())}); }

}  // namespace postato::persistence
