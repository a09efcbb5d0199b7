// The pool and its sessions when the database, or another program, does not behave.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "things.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

constexpr Statement kBackend{"test.backend", "SELECT CAST(pg_backend_pid() AS BIGINT)", "i"};
constexpr Statement kSleep{"test.sleep", "SELECT COUNT(*) FROM pg_sleep(30)", "i"};
/// Waits until it is gone.
constexpr Statement kTerminate{
    "test.terminate", "SELECT COUNT(*) FROM pg_terminate_backend(CAST(:pid AS INTEGER), 10000)",
    "i"};

void oneSession(DatabaseOptions& options) { options.pool = 1; }

std::int64_t backendOf(Database& database) {
    return database.read([](Transaction& tx) { return tx.queryOne(kBackend)->integer(0); });
}

void terminate(Database& by, std::int64_t backend) {
    by.read([&](Transaction& tx) { return tx.queryOne(kTerminate, {arg("pid", backend)}); });
}

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(pool_tests)

BOOST_DATA_TEST_CASE(a_caller_waits_for_a_session_but_not_for_ever, backends(), backend) {
    Things things(backend, [](DatabaseOptions& options) {
        options.pool = 1;
        options.acquire_timeout = 100ms;
    });
    std::promise<void> taken;
    std::promise<void> go_on;
    std::jthread holder([&] {
        things.db->read([&](Transaction& tx) {
            taken.set_value();
            go_on.get_future().wait();
            return tx.now();
        });
    });
    taken.get_future().wait();
    BOOST_TEST((codeOf([&] { things.count(); }) == ErrorCode::Unavailable));
    go_on.set_value();
    holder.join();
    BOOST_TEST(things.count() == 0);
}

BOOST_DATA_TEST_CASE(an_abandoned_transaction_does_not_reach_the_next_user, backends(), backend) {
    Things things(backend, oneSession);
    BOOST_CHECK_THROW(things.db->write([](Transaction& tx) {
        putThing(tx, 1);
        throw 7;  // no exception of ours: nothing may depend on its type
    }),
                      int);
    BOOST_TEST(things.count() == 0);
    things.put(1);
    BOOST_TEST(things.count() == 1);
}

BOOST_DATA_TEST_CASE(writers_of_one_process_take_turns, backends(), backend) {
    Things things(backend);
    std::vector<std::jthread> writers;
    for (std::int64_t i = 0; i < 16; ++i)
        writers.emplace_back([&things, i] {
            for (std::int64_t j = 0; j < 10; ++j) things.put(i * 10 + j);
        });
    writers.clear();  // joins
    BOOST_TEST(things.count() == 160);
}

BOOST_DATA_TEST_CASE(without_cached_statements_everything_works_too, backends(), backend) {
    Things things(backend, [](DatabaseOptions& options) { options.cache_statements = false; });
    things.put(1, std::string("text"), 7);
    things.put(2, {}, {});
    BOOST_TEST(things.get(1).text(0) == "text");
    BOOST_TEST(!things.get(2).optionalText(0).has_value());
}

BOOST_DATA_TEST_CASE(a_failure_tells_the_statement_and_never_a_value, backends(), backend) {
    Things things(backend);
    things.put(1);
    const auto error = thrownBy([&] { things.put(1, std::string("a-secret-value"), 1234567); });
    BOOST_TEST((error.code() == ErrorCode::Conflict));
    BOOST_TEST(error.detail().find("test.put") != std::string::npos);
    for (const auto& text : {error.message(), error.detail(), std::string(error.what())}) {
        BOOST_TEST(text.find("a-secret-value") == std::string::npos);
        BOOST_TEST(text.find("1234567") == std::string::npos);
    }
}

BOOST_DATA_TEST_CASE(what_another_process_commits_is_seen_at_once, backends(), backend) {
    Things things(backend, oneSession);
    const auto other = things.db.another();
    BOOST_TEST(things.count() == 0);  // the cached statement has run once
    other->write([](Transaction& tx) { putThing(tx, 1); });
    BOOST_TEST(things.count() == 1);
}

BOOST_AUTO_TEST_CASE(an_unreachable_server_is_unavailable_quickly) {
    const FakeClock clock;
    DatabaseOptions options;
    options.url = "postgresql://postato@127.0.0.1:1/postato";
    Database database(options, clock);
    const auto error =
        thrownBy([&] { database.read([](Transaction& tx) { return tx.query(kBackend); }); });
    BOOST_TEST((error.code() == ErrorCode::Unavailable));
    BOOST_TEST(error.retry_after.has_value());
    BOOST_TEST(!database.reachable());
}

BOOST_AUTO_TEST_CASE(a_backend_that_died_is_replaced_with_its_statements) {
    for (const auto& backend : backends(Dialect::Postgresql)) {
        Things things(backend, oneSession);
        things.put(1, std::string("before"), {});
        BOOST_TEST(things.get(1).text(0) == "before");  // prepared and cached
        const auto killer = things.db.another();
        const auto first = backendOf(*things.db);
        terminate(*killer, first);
        BOOST_TEST(things.get(1).text(0) == "before");
        BOOST_TEST(backendOf(*things.db) != first);
    }
}

BOOST_AUTO_TEST_CASE(a_backend_that_dies_in_a_transaction_leaves_nothing) {
    for (const auto& backend : backends(Dialect::Postgresql)) {
        Things things(backend, oneSession);
        const auto killer = things.db.another();
        const auto code = codeOf([&] {
            things.db->write([&](Transaction& tx) {
                putThing(tx, 1);
                terminate(*killer, tx.queryOne(kBackend)->integer(0));
                putThing(tx, 2);
            });
        });
        BOOST_TEST((code == ErrorCode::Unavailable));
        BOOST_TEST(things.count() == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long_is_ended) {
    for (const auto& backend : backends(Dialect::Postgresql)) {
        Things things(backend, [](DatabaseOptions& options) {
            options.pool = 1;
            options.statement_timeout = 200ms;
        });
        const auto code =
            codeOf([&] { things.db->read([](Transaction& tx) { return tx.query(kSleep); }); });
        BOOST_TEST((code == ErrorCode::Unavailable));
        BOOST_TEST(things.count() == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
