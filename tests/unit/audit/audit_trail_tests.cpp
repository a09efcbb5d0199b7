// No record, no act; no act, no record; and nobody waits for somebody who waits for them.

#include "audit/audit_trail.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "audit_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::audit;
using namespace postato::audit::testing;
using persistence::Transaction;
using postato::testing::backends;

BOOST_AUTO_TEST_SUITE(audit_trail_tests)

BOOST_DATA_TEST_CASE(records_follow_each_other, backends(), backend) {
    AuditWorld world(backend);
    for (const char* type : {"user.created", "api_key.created", "api_key.revoked"}) world.act(type);
    const auto records = world.records();
    BOOST_REQUIRE(records.size() == 3u);
    std::string before;
    for (std::size_t i = 0; i < records.size(); ++i) {
        BOOST_TEST(records[i].sequence == static_cast<std::int64_t>(i) + 1);
        BOOST_TEST(records[i].hash == link(before, records[i]));
        before = records[i].hash;
    }
    BOOST_TEST(records[0].actor == "usr_1");
    BOOST_TEST(records[0].origin == "192.0.2.7");
    BOOST_TEST((records[0].at == world.db.clock.now()));
}

// So that a record of an older program is understood for ever.
BOOST_AUTO_TEST_CASE(the_link_is_what_it_always_was) {
    const persistence::AuditRecord record{.chain = "wks_1",
                                          .sequence = 7,
                                          .id = EventId::trusted("evt_1"),
                                          .at = fromMillis(1'790'000'000'123),
                                          .type = "account.connected",
                                          .actor = "usr_1",
                                          .origin = "192.0.2.7",
                                          .account_id = AccountId::trusted("acc_1"),
                                          .data = "{}"};
    // From an implementation of the format in another language.
    BOOST_TEST(link("before", record) ==
               "8c769c054c71f1a228e32f212f58c4472466e031645a47dabbe8afbd0e2f17ea");
}

BOOST_DATA_TEST_CASE(every_field_counts, backends(persistence::Dialect::Sqlite), backend) {
    AuditWorld world(backend);
    world.act("user.created");
    const auto record = world.records().front();
    const auto hash = link("", record);
    const auto differs = [&](auto change) {
        auto other = record;
        change(other);
        return link("", other) != hash;
    };
    BOOST_TEST(differs([](auto& it) { it.chain = "wks_1"; }));
    BOOST_TEST(differs([](auto& it) { it.sequence = 2; }));
    BOOST_TEST(differs([](auto& it) { it.id = EventId::trusted("evt_2"); }));
    BOOST_TEST(differs([](auto& it) { it.at += Milliseconds(1); }));
    BOOST_TEST(differs([](auto& it) { it.type = "user.create"; }));
    BOOST_TEST(differs([](auto& it) { it.actor = "usr_2"; }));
    BOOST_TEST(differs([](auto& it) { it.origin = ""; }));
    BOOST_TEST(differs([](auto& it) { it.account_id = AccountId::trusted("acc_1"); }));
    BOOST_TEST(differs([](auto& it) { it.data = "[]"; }));
    // And where a field ends.
    BOOST_TEST(differs([](auto& it) {
        it.type += it.actor.front();
        it.actor.erase(0, 1);
    }));
}

BOOST_DATA_TEST_CASE(an_act_that_fails_leaves_no_record, backends(), backend) {
    AuditWorld world(backend);
    BOOST_CHECK_THROW(world.db->write([&](Transaction& tx) {
        record(tx, {.type = "user.created", .actor = Actor::system()}, world.db.random);
        throw notFound("User");
    }),
                      Error);
    BOOST_TEST(world.records().empty());
    BOOST_TEST(world.problems().empty());
}

BOOST_DATA_TEST_CASE(without_a_record_there_is_no_act, backends(), backend) {
    AuditWorld world(backend);
    world.db.sql("ALTER TABLE audit_records RENAME TO elsewhere");
    BOOST_CHECK_EXCEPTION(
        world.db->write([&](Transaction& tx) {
            record(tx, {.type = "user.created", .actor = Actor::system()}, world.db.random);
            tx.execute(
                persistence::Statement{"test.act", "INSERT INTO throttles VALUES ('act', 1, 1)"});
        }),
        Error, [](const Error& error) {
            return error.code() == ErrorCode::Unavailable &&
                   error.message() == "The audit trail cannot be written, so nothing was changed";
        });
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM throttles") == 0);
    world.db.sql("ALTER TABLE elsewhere RENAME TO audit_records");
    world.act("user.created");
    BOOST_TEST(world.records().size() == 1u);
}

// A chain that somebody has broken is an operator's trouble, not a race that was lost.
BOOST_DATA_TEST_CASE(a_broken_chain_is_no_conflict, backends(), backend) {
    AuditWorld world(backend);
    world.act("act.1");
    world.forge(2);
    BOOST_CHECK_EXCEPTION(world.act("act.2"), Error, [](const Error& error) {
        return error.code() == ErrorCode::Unavailable &&
               error.message() == "The audit trail cannot be written, so nothing was changed";
    });
}

BOOST_DATA_TEST_CASE(nothing_is_recorded_where_nothing_is_written, backends(), backend) {
    AuditWorld world(backend);
    BOOST_CHECK_THROW(world.db->read([&](Transaction& tx) {
        record(tx, {.type = "user.seen", .actor = Actor::system()}, world.db.random);
        return 0;
    }),
                      Error);
    BOOST_TEST(world.records().empty());
}

// Each transaction touches the same chains in another order; none may wait for another that waits.
BOOST_DATA_TEST_CASE(many_writers_keep_the_chains_whole, backends(), backend) {
    AuditWorld world(backend);
    std::vector<WorkspaceId> workspaces;
    for (int i = 0; i < 4; ++i) workspaces.push_back(world.db.makeWorkspace().id());
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 20; ++i) try {
                    world.db->write([&](Transaction& tx) {
                        for (std::size_t j = 0; j < workspaces.size(); ++j)
                            record(tx, workspaces[(thread + j) % workspaces.size()],
                                   {.type = "account.connected", .actor = Actor::system()},
                                   world.db.random);
                    });
                } catch (const Error&) {
                    ++failed;
                }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(failed == 0);
    const auto found = verify(*world.db, {});
    BOOST_TEST(found.records == 4 * 20 * 4);
    BOOST_TEST(found.problems.empty());
}

BOOST_AUTO_TEST_SUITE_END()
