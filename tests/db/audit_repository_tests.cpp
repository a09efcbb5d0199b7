#include "persistence/audit_repository.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "things.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

struct AuditWorld : World {
    using World::World;

    AuditRecord append(const AccountId& account, const std::string& type) {
        return db->write([&](Transaction& tx) {
            AuditRepository trail(tx);
            auto end = trail.next(ours.id().str());
            const AuditRecord record{.chain = end.chain,
                                     .sequence = end.sequence,
                                     .id = makeId<EventId>(),
                                     .at = db.clock.now(),
                                     .type = type,
                                     .actor = "usr_someone",
                                     .origin = "192.0.2.7",
                                     .account_id = account,
                                     .data = R"({"platform":"fake"})",
                                     .hash = "hash " + std::to_string(end.sequence)};
            trail.insert(record);
            end.hash = record.hash;
            trail.setEnd(end);
            return record;
        });
    }
    std::vector<std::string> list(
        const AccountId& account, std::int64_t limit,
        const std::optional<std::pair<TimePoint, std::string>>& before = {}) {
        std::vector<std::string> ids;
        for (const auto& record : run(&AuditRepository::ofAccount, ours, account, limit, before))
            ids.push_back(record.id.str());
        return ids;
    }
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(audit_repository_tests)

BOOST_DATA_TEST_CASE(a_record_comes_back_whole, backends(), backend) {
    AuditWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    const auto stored = world.append(account, "account.connected");
    const auto records =
        world.run(&AuditRepository::ofAccount, world.ours, account, 10, std::nullopt);
    BOOST_REQUIRE(records.size() == 1u);
    const auto& record = records[0];
    BOOST_TEST(record.chain == world.ours.id().str());
    BOOST_TEST(record.sequence == 1);
    BOOST_TEST(record.id.str() == stored.id.str());
    BOOST_TEST((record.account_id == account));
    BOOST_TEST(record.type == "account.connected");
    BOOST_TEST((record.at == stored.at));
    BOOST_TEST(record.actor == "usr_someone");
    BOOST_TEST(record.origin == "192.0.2.7");
    BOOST_TEST(record.data == R"({"platform":"fake"})");
    BOOST_TEST(record.hash == "hash 1");
}

BOOST_DATA_TEST_CASE(a_chain_counts_on_and_remembers_its_end, backends(), backend) {
    AuditWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    for (int i = 0; i < 3; ++i) world.append(account, "account.connected");
    const auto ends = world.run(&AuditRepository::ends);
    BOOST_REQUIRE(ends.size() == 1u);
    BOOST_TEST(ends[0].sequence == 3);
    BOOST_TEST(ends[0].hash == "hash 3");
    BOOST_TEST(world.run(&AuditRepository::behind, ends[0].chain, 1, 10).size() == 2u);
    BOOST_TEST(world.run(&AuditRepository::newest, ends[0].chain, 2).front().sequence == 3);
}

BOOST_DATA_TEST_CASE(the_database_refuses_to_change_a_record, backends(), backend) {
    AuditWorld world(backend);
    world.append(world.storeAccount(world.ours, "ada"), "account.connected");
    for (const char* change :
         {"UPDATE audit_records SET actor = 'nobody'", "DELETE FROM audit_records"})
        BOOST_CHECK_THROW(world.db.sql(change), Error);
    if (backend.dialect == Dialect::Postgresql)
        BOOST_CHECK_THROW(world.db.sql("TRUNCATE audit_records"), Error);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM audit_records WHERE actor = 'usr_someone'") ==
               1);
}

BOOST_DATA_TEST_CASE(the_timeline_is_paged_from_the_newest, backends(), backend) {
    AuditWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    const auto other = world.storeAccount(world.ours, "bob");
    std::vector<std::string> newest_first;
    std::map<std::string, TimePoint> times;
    for (int i = 0; i < 7; ++i) {
        if (i % 3 == 0) world.db.clock.advance(1s);
        const auto record = world.append(account, "account.refreshed");
        newest_first.push_back(record.id.str());
        times[record.id.str()] = record.at;
        world.append(other, "account.refreshed");
    }
    std::sort(newest_first.begin(), newest_first.end(), std::greater<>());
    std::vector<std::string> paged;
    std::optional<std::pair<TimePoint, std::string>> before;
    for (;;) {
        const auto page = world.list(account, 2, before);
        if (page.empty()) break;
        paged.insert(paged.end(), page.begin(), page.end());
        before = {times[page.back()], page.back()};
    }
    BOOST_TEST(paged == newest_first, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(a_deleted_account_keeps_its_timeline, backends(), backend) {
    AuditWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    world.append(account, "account.disconnected");
    world.run(&AccountRepository::remove, world.ours, account);
    BOOST_TEST(world.list(account, 10).size() == 1u);
}

BOOST_DATA_TEST_CASE(a_record_about_an_account_needs_the_account, backends(), backend) {
    AuditWorld world(backend);
    const auto code = codeOf([&] { world.append(world.makeId<AccountId>(), "account.connected"); });
    BOOST_TEST((code == ErrorCode::Conflict));
}

BOOST_AUTO_TEST_SUITE_END()
