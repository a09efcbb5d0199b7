/// \file
/// What a worker's claim of due refreshes costs beside 10,000 accounts and beside 1,000,000, of
/// which equally many are due. Prints a table and the database's plans.
///
///     postato_claim_cost [ROUNDS]     SQLite, and PostgreSQL where POSTATO_TEST_POSTGRES names one

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "persistence/token_repository.hpp"
#include "support/test_database.hpp"

namespace {

using namespace postato;
using persistence::Dialect;
using persistence::TokenRepository;
using persistence::Transaction;
using postato::testing::Backend;
using postato::testing::TestDatabase;
using Steady = std::chrono::steady_clock;

constexpr int kFew = 10'000;
constexpr int kMany = 1'000'000;
constexpr int kDue = 5'000;
constexpr std::int64_t kClaimed = 8;
constexpr std::chrono::milliseconds kLease{120'000};

void replaceAll(std::string& text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

/// A database with so many accounts, the first kDue of which are due.
class Filled {
public:
    Filled(const Backend& backend, int accounts)
        : dialect_(backend.dialect),
          db_(backend, TestDatabase::Schema::Migrated,
              [](auto& options) { options.statement_timeout = std::chrono::minutes(10); }) {
        const auto workspace = db_.makeWorkspace().id().str();
        const auto now = toMillis(db_.clock.now());
        // PostgreSQL and SQLite have different words for a row of numbers.
        const std::string numbers =
            dialect_ == Dialect::Postgresql
                ? "generate_series(1, N) AS numbers(i)"
                : "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < N) "
                  "SELECT i FROM n) AS numbers";
        const std::string id = "'acc_' || SUBSTR(CAST(10000000000 + i AS TEXT), 2)";
        const auto run = [&](std::string sql) {
            replaceAll(sql, "NUMBERS", numbers);
            replaceAll(sql, "ID", id);
            replaceAll(sql, "WS", "'" + workspace + "'");
            replaceAll(sql, "NOW", std::to_string(now));
            replaceAll(sql, "DUE", std::to_string(kDue));
            replaceAll(sql, "N)", std::to_string(accounts) + ")");
            db_.sql(sql);
        };
        run("INSERT INTO social_accounts (id, workspace_id, platform, platform_user_id, client_id, "
            "grant_key, status, status_since, scopes_requested, scopes_granted, connected_at, "
            "created_at, updated_at) SELECT ID, WS, 'fake', ID, 'client', ID, 'connected', 0, '', "
            "'', 0, 0, 0 FROM NUMBERS");
        const auto sealed = "'" + std::string(200, 'x') + "'";
        run("INSERT INTO social_account_tokens (account_id, workspace_id, platform, generation, "
            "access_sealed, refresh_sealed, key_id, token_type, refreshes_itself, issued_at, "
            "access_expires_at, next_refresh_at) SELECT ID, WS, 'fake', 1, " +
            sealed + ", " + sealed +
            ", 1, 'bearer', 0, 0, NOW + 600000, "
            "CASE WHEN i <= DUE THEN NOW - i ELSE NOW + 3600000 + i END FROM NUMBERS");
        db_.sql("ANALYZE");
    }

    /// Claims and commits, as a worker does; microseconds.
    double claim() {
        const auto began = Steady::now();
        const auto claims = db_->write([&](Transaction& tx) {
            return TokenRepository(tx).claimDue("fake", "bench", kLease,
                                                {.limit = kClaimed, .careful = true}, db_.random);
        });
        const std::chrono::duration<double, std::micro> took = Steady::now() - began;
        if (claims.size() != kClaimed) {
            std::cerr << "a claim found " << claims.size() << " of " << kClaimed << "\n";
            std::exit(1);
        }
        return took.count();
    }

    std::string plan() {
        std::string sql = TokenRepository::claimDueStatement(dialect_).sql;
        const auto now = std::to_string(toMillis(db_.clock.now()));
        for (const auto& [name, value] :
             std::vector<std::pair<std::string, std::string>>{{":platform", "'fake'"},
                                                              {":owner", "'bench'"},
                                                              {":now", now},
                                                              {":until", now},
                                                              {":limit", std::to_string(kClaimed)},
                                                              {":longest", "9223372036854775807"},
                                                              {":careful", "1"},
                                                              {":newest_key", "1"}})
            replaceAll(sql, name, value);
        const bool server = dialect_ == Dialect::Postgresql;
        sql = (server ? "EXPLAIN (COSTS OFF) " : "EXPLAIN QUERY PLAN ") + sql;
        const persistence::Statement explain{"bench.explain", sql.c_str(), server ? "t" : "iiit"};
        return db_->read([&](Transaction& tx) {
            std::string text;
            for (const auto& row : tx.query(explain))
                text += "    " + row.text(server ? 0 : 3) + "\n";
            return text;
        });
    }

private:
    Dialect dialect_;
    TestDatabase db_;
};

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int count, char** words) {
    const int rounds = count > 1 ? std::atoi(words[1]) : 300;
    for (const auto& backend : postato::testing::backends()) {
        Filled few(backend, kFew);
        Filled many(backend, kMany);
        std::vector<double> of_few, of_many;
        // Side by side, so that whatever slows the machine down slows both.
        for (int round = 0; round < rounds; ++round) {
            of_few.push_back(few.claim());
            of_many.push_back(many.claim());
        }
        std::cout << backend << ": a claim of " << kClaimed << " among " << kDue
                  << " due, median of " << rounds << "\n";
        std::printf("  %9d accounts  %8.0f us\n  %9d accounts  %8.0f us   %.2f times as long\n",
                    kFew, median(of_few), kMany, median(of_many), median(of_many) / median(of_few));
        std::cout << "  plan beside " << kMany << ":\n" << many.plan();
    }
}
