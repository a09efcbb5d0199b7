#include "persistence/event_repository.hpp"

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

struct EventWorld : World {
    using World::World;

    AccountEvent append(const AccountId& account, const std::string& type) {
        const AccountEvent event{makeId<EventId>(), account,       type,
                                 db.clock.now(),    "usr_someone", R"({"platform":"fake"})"};
        run(&EventRepository::append, ours, event);
        return event;
    }
    std::vector<std::string> list(
        const AccountId& account, std::int64_t limit,
        const std::optional<std::pair<TimePoint, std::string>>& before = {}) {
        std::vector<std::string> ids;
        for (const auto& event : run(&EventRepository::list, ours, account, limit, before))
            ids.push_back(event.id.str());
        return ids;
    }
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(event_repository_tests)

BOOST_DATA_TEST_CASE(an_event_comes_back_whole, backends(), backend) {
    EventWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    const auto stored = world.append(account, "account.connected");
    const auto events = world.run(&EventRepository::list, world.ours, account, 10, std::nullopt);
    BOOST_REQUIRE(events.size() == 1u);
    BOOST_TEST(events[0].id.str() == stored.id.str());
    BOOST_TEST(events[0].account_id.str() == account.str());
    BOOST_TEST(events[0].type == "account.connected");
    BOOST_TEST((events[0].at == stored.at));
    BOOST_TEST(events[0].actor == "usr_someone");
    BOOST_TEST(events[0].data == R"({"platform":"fake"})");
}

BOOST_DATA_TEST_CASE(the_timeline_is_paged_from_the_newest, backends(), backend) {
    EventWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    const auto other = world.storeAccount(world.ours, "bob");
    std::vector<std::string> newest_first;
    std::map<std::string, TimePoint> times;
    for (int i = 0; i < 7; ++i) {
        if (i % 3 == 0) world.db.clock.advance(1s);
        const auto event = world.append(account, "account.refreshed");
        newest_first.push_back(event.id.str());
        times[event.id.str()] = event.at;
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
    EventWorld world(backend);
    const auto account = world.storeAccount(world.ours, "ada");
    world.append(account, "account.disconnected");
    world.run(&AccountRepository::remove, world.ours, account);
    BOOST_TEST(world.list(account, 10).size() == 1u);
}

BOOST_DATA_TEST_CASE(an_event_needs_an_account, backends(), backend) {
    EventWorld world(backend);
    const auto code = codeOf([&] { world.append(world.makeId<AccountId>(), "account.connected"); });
    BOOST_TEST((code == ErrorCode::Conflict));
}

BOOST_AUTO_TEST_SUITE_END()
