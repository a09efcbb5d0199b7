#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "persistence/connection_repository.hpp"
#include "things.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

struct LinkWorld : World {
    using World::World;

    ConnectLink link(const std::string& secret_hash) {
        ConnectLink link{.id = makeId<ConnectLinkId>(), .workspace_id = ours.id()};
        link.secret_hash = secret_hash;
        link.platform = kPlatform;
        link.created_by = "key_1";
        link.created_at = db.clock.now();
        link.expires_at = db.clock.now() + 1h;
        return link;
    }
    ConnectLinkId store(const ConnectLink& link) {
        run(&ConnectLinkRepository::insert, ours, link);
        return link.id;
    }
    bool use(const ConnectLinkId& id) { return run(&ConnectLinkRepository::use, ours, id); }
    ConnectLink find(const std::string& hash) {
        return run(&ConnectLinkRepository::findBySecret, hash).value().link;
    }
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(connect_link_repository_tests)

BOOST_DATA_TEST_CASE(a_link_is_found_by_its_secret_whole, backends(), backend) {
    LinkWorld world(backend);
    auto stored = world.link("hash");
    stored.reconnect_account_id = world.makeId<AccountId>();
    stored.return_url = "https://app.test/done";
    world.store(stored);
    world.store(world.link("bare"));
    const auto [scope, found] =
        world.run(&ConnectLinkRepository::findBySecret, std::string("hash")).value();
    BOOST_TEST(scope.id().str() == world.ours.id().str());
    BOOST_TEST(found.id.str() == stored.id.str());
    BOOST_TEST(found.workspace_id.str() == world.ours.id().str());
    BOOST_TEST(found.platform == kPlatform);
    BOOST_TEST((found.reconnect_account_id == stored.reconnect_account_id));
    BOOST_TEST(*found.return_url == "https://app.test/done");
    BOOST_TEST(found.created_by == "key_1");
    BOOST_TEST((found.created_at == stored.created_at));
    BOOST_TEST((found.expires_at == stored.expires_at));
    BOOST_TEST(!found.used_at.has_value());
    BOOST_TEST(!world.find("bare").reconnect_account_id.has_value());
    BOOST_TEST(!world.find("bare").return_url.has_value());
    BOOST_TEST(!world.run(&ConnectLinkRepository::findBySecret, std::string("x")).has_value());
}

BOOST_DATA_TEST_CASE(a_secret_names_one_link, backends(), backend) {
    LinkWorld world(backend);
    world.store(world.link("hash"));
    BOOST_TEST((codeOf([&] { world.store(world.link("hash")); }) == ErrorCode::Conflict));
}

BOOST_DATA_TEST_CASE(a_link_is_used_once, backends(), backend) {
    LinkWorld world(backend);
    const auto id = world.store(world.link("hash"));
    std::atomic<int> used{0};
    std::vector<std::thread> people;
    for (int i = 0; i < 8; ++i) {
        people.emplace_back([&] {
            if (world.use(id)) ++used;
        });
    }
    for (auto& person : people) person.join();
    BOOST_TEST(used == 1);
    BOOST_TEST((world.find("hash").used_at == world.db.clock.now()));
}

BOOST_DATA_TEST_CASE(an_expired_link_is_found_but_not_used, backends(), backend) {
    LinkWorld world(backend);
    const auto id = world.store(world.link("hash"));
    world.db.clock.advance(1h);
    BOOST_TEST(!world.use(id));
    BOOST_TEST(world.find("hash").id.str() == id.str());
}

BOOST_DATA_TEST_CASE(expired_links_are_swept, backends(), backend) {
    LinkWorld world(backend);
    const auto expiry = world.link("hash").expires_at;
    world.store(world.link("hash"));
    BOOST_TEST(world.run(&ConnectLinkRepository::sweep, expiry) == 0);
    BOOST_TEST(world.run(&ConnectLinkRepository::sweep, expiry + 1ms) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
