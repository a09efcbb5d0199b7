#pragma once

/// \file
/// Whether refresh tokens may be spent, by what is known of the database.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "util/clock.hpp"

namespace postato::accounts {

/// A database that comes back as another one, after a failover, a restart or a restore, may lack
/// what the former one had committed, and another machine may hold the answers that it lacks. So
/// nothing is claimed before this machine's journal is settled with it, and what may have been
/// spent elsewhere not before the others had time to do the same. Databases are told apart by
/// persistence::incarnation(). Thread-safe.
class ClaimGate {
public:
    /// Closed. `calm`: how long the others may take; 0: there are none. `clock`: its steady time
    /// alone is used.
    ClaimGate(const Clock& clock, std::chrono::milliseconds calm) : clock_(clock), calm_(calm) {}

    void close();
    /// The journal is settled with this database. `nothing_lost`: it is the one of before, or has
    /// nothing that could have been spent.
    void open(const std::string& database, bool nothing_lost);

    bool isOpen() const;
    bool isOpenFor(const std::string& database) const;
    /// Whether it ever was open: the journal of before the start is settled.
    bool hasOpened() const;
    /// Open, and the others had their time.
    bool isCalm() const;

    /// The longest life of an access token that is not worth waiting for calm: one that would be
    /// over before. Grows from the moment it opens.
    std::chrono::milliseconds longestNow() const;

    /// The others had their time: the journal may now know better what they have brought back.
    /// Until somebody has looked it is not calm.
    bool wantsSecondLook() const;
    void lookedAgain();

private:
    bool openLocked() const { return opened_for_.has_value(); }
    bool calmLocked() const { return openLocked() && looked_again_; }
    std::chrono::milliseconds sinceOpened() const;

    const Clock& clock_;
    const std::chrono::milliseconds calm_;
    mutable std::mutex mutex_;
    std::optional<std::string> opened_for_;  ///< none: closed
    std::chrono::steady_clock::duration opened_at_{};
    bool looked_again_ = false;
    bool has_opened_ = false;
};

}  // namespace postato::accounts
