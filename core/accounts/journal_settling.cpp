#include "accounts/journal_settling.hpp"

#include <fstream>

#include "persistence/durability.hpp"
#include "persistence/token_repository.hpp"

namespace postato::accounts {

void JournalSettling::beat() {
    const auto database = incarnation();
    if (!gate_.isOpenFor(database)) return settleWith(database);
    if (!gate_.wantsSecondLook()) return replay_.settleWaiting();
    replay_.catchUp();
    gate_.lookedAgain();
    remember(database);
    log_.info("claims.resumed");
}

void JournalSettling::settleWith(const std::string& database) {
    gate_.close();
    const bool nothing_lost = nothingLost(database);
    replay_.catchUp();
    if (incarnation() != database) return;  // yet another came meanwhile
    gate_.open(database, nothing_lost);
    if (gate_.isCalm())
        remember(database);
    else
        log_.warning("claims.held",
                     {{"reason",
                       "the database has restarted, was restored or is another one; strictly "
                       "rotating platforms wait until all machines have settled their journals"}});
}

bool JournalSettling::nothingLost(const std::string& database) {
    std::ifstream file(memory_);
    std::string before;
    if (std::getline(file, before) && before == database) return true;
    return database_.read(
        [](persistence::Transaction& tx) { return !persistence::TokenRepository(tx).any(); });
}

void JournalSettling::remember(const std::string& database) const {
    auto fresh = memory_;
    fresh += ".new";
    std::ofstream(fresh) << database << '\n';
    std::error_code lost;
    std::filesystem::rename(fresh, memory_, lost);
}

void JournalSettling::beatConnects() {
    const auto database = incarnation();
    const bool anew = database != connects_settled_with_;
    replay_.resumeConnects(anew);
    connects_settled_with_ = database;
}

std::string JournalSettling::incarnation() {
    return database_.read(
        [](persistence::Transaction& tx) { return persistence::incarnation(tx); });
}

}  // namespace postato::accounts
