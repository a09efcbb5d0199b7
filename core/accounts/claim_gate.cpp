#include "accounts/claim_gate.hpp"

namespace postato::accounts {

using std::chrono::milliseconds;

void ClaimGate::close() {
    const std::lock_guard lock(mutex_);
    opened_for_.reset();
}

void ClaimGate::open(const std::string& database, bool nothing_lost) {
    const std::lock_guard lock(mutex_);
    opened_for_ = database;
    opened_at_ = clock_.steady();
    looked_again_ = nothing_lost || calm_ == milliseconds(0);
    has_opened_ = true;
}

bool ClaimGate::isOpen() const {
    const std::lock_guard lock(mutex_);
    return openLocked();
}

bool ClaimGate::isOpenFor(const std::string& database) const {
    const std::lock_guard lock(mutex_);
    return opened_for_ == database;
}

bool ClaimGate::hasOpened() const {
    const std::lock_guard lock(mutex_);
    return has_opened_;
}

bool ClaimGate::isCalm() const {
    const std::lock_guard lock(mutex_);
    return calmLocked();
}

milliseconds ClaimGate::longestNow() const {
    const std::lock_guard lock(mutex_);
    if (!openLocked()) return milliseconds(0);
    return calmLocked() ? milliseconds::max() : sinceOpened() * 10;
}

bool ClaimGate::wantsSecondLook() const {
    const std::lock_guard lock(mutex_);
    return openLocked() && !looked_again_ && sinceOpened() >= calm_;
}

void ClaimGate::lookedAgain() {
    const std::lock_guard lock(mutex_);
    looked_again_ = true;
}

milliseconds ClaimGate::sinceOpened() const {
    return std::chrono::duration_cast<milliseconds>(clock_.steady() - opened_at_);
}

}  // namespace postato::accounts
