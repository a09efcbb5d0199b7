#include "persistence/identity_repository.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

struct People : World {
    explicit People(const Backend& backend) : World(backend), ada(storeUser("ada@example.com")) {}

    void openSession(const std::string& hash, const UserId& user) {
        const auto now = db.clock.now();
        run(&SessionRepository::insert, DashboardSession{hash, user, now, now, now + 7 * 24h});
    }
    bool hasSession(const std::string& hash) {
        return run(&SessionRepository::find, hash).has_value();
    }

    ApiKey makeKey(const std::string& hash) {
        ApiKey key{
            .id = makeId<ApiKeyId>(), .name = "a key", .prefix = "smcp_0123456", .hash = hash};
        key.permissions = {"accounts.read", "accounts.refresh"};
        key.created_at = db.clock.now();
        key.workspaces = {ours.id()};
        return key;
    }

    UserId ada;
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(identity_repository_tests)

BOOST_DATA_TEST_CASE(an_e_mail_belongs_to_one_person, backends(), backend) {
    People world(backend);
    const auto found = world.run(&UserRepository::findByEmail, "ada@example.com");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->id.str() == world.ada.str());
    BOOST_TEST(!found->password_hash.has_value());
    BOOST_CHECK_THROW(world.storeUser("ada@example.com"), Error);
    BOOST_TEST(world.run(&UserRepository::list).size() == 1u);
    world.run(&UserRepository::setPassword, world.ada, "a hash");
    BOOST_TEST(*world.run(&UserRepository::find, world.ada)->password_hash == "a hash");
}

BOOST_DATA_TEST_CASE(a_changed_password_ends_the_other_sessions_of_that_person, backends(),
                     backend) {
    People world(backend);
    const auto ben = world.storeUser("ben@example.com");
    for (const char* hash : {"here", "elsewhere", "at work"}) world.openSession(hash, world.ada);
    world.openSession("ben's", ben);
    BOOST_TEST(world.run(&SessionRepository::removeOthers, world.ada, "here") == 2);
    BOOST_TEST(world.hasSession("here"));
    BOOST_TEST(!world.hasSession("elsewhere"));
    BOOST_TEST(world.hasSession("ben's"));
    world.run(&SessionRepository::remove, "here");
    BOOST_TEST(!world.hasSession("here"));
}

BOOST_DATA_TEST_CASE(ended_and_idle_sessions_are_swept, backends(), backend) {
    People world(backend);
    world.openSession("idle", world.ada);
    world.openSession("used", world.ada);
    world.db.clock.advance(13h);
    const auto now = world.db.clock.now();
    world.run(&SessionRepository::touch, "used", now);
    BOOST_TEST(world.run(&SessionRepository::sweep, now, now - 12h) == 1);
    BOOST_TEST(world.hasSession("used"));
    world.db.clock.advance(7 * 24h);
    const auto later = world.db.clock.now();
    BOOST_TEST(world.run(&SessionRepository::sweep, later, later - 365 * 24h) == 1);
    BOOST_TEST(!world.hasSession("used"));
}

BOOST_DATA_TEST_CASE(a_sign_in_link_serves_one_caller_in_time, backends(), backend) {
    People world(backend);
    const auto end = world.db.clock.now() + 15min;
    world.run(&SessionRepository::insertLink, "one", world.ada, end);
    world.run(&SessionRepository::insertLink, "late", world.ada, end);
    BOOST_TEST(world.run(&SessionRepository::useLink, "one")->str() == world.ada.str());
    BOOST_TEST(!world.run(&SessionRepository::useLink, "one").has_value());
    BOOST_TEST(!world.run(&SessionRepository::useLink, "unknown").has_value());
    world.db.clock.advance(15min);
    BOOST_TEST(!world.run(&SessionRepository::useLink, "late").has_value());
    BOOST_TEST(world.run(&SessionRepository::sweepLinks, world.db.clock.now() + 1s) == 2);
}

BOOST_DATA_TEST_CASE(a_key_works_until_it_is_revoked_or_ends, backends(), backend) {
    People world(backend);
    auto key = world.makeKey("hash one");
    world.run(&ApiKeyRepository::insert, key);
    auto ending = world.makeKey("hash two");
    ending.expires_at = world.db.clock.now() + 1h;
    world.run(&ApiKeyRepository::insert, ending);

    const auto found = world.run(&ApiKeyRepository::findUsable, "hash one");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->permissions == key.permissions, boost::test_tools::per_element());
    BOOST_TEST(world.run(&ApiKeyRepository::findUsable, "hash two").has_value());
    world.db.clock.advance(1h);
    BOOST_TEST(!world.run(&ApiKeyRepository::findUsable, "hash two").has_value());
    BOOST_TEST(world.run(&ApiKeyRepository::revoke, key.id));
    BOOST_TEST(!world.run(&ApiKeyRepository::revoke, key.id));
    BOOST_TEST(!world.run(&ApiKeyRepository::findUsable, "hash one").has_value());
    BOOST_TEST(world.run(&ApiKeyRepository::list).size() == 2u);
}

BOOST_DATA_TEST_CASE(a_key_enters_the_workspaces_it_was_made_for, backends(), backend) {
    People world(backend);
    const auto some = world.makeKey("some");
    auto all = world.makeKey("all");
    all.all_workspaces = true;
    all.workspaces = {};
    world.run(&ApiKeyRepository::insert, some);
    world.run(&ApiKeyRepository::insert, all);
    BOOST_TEST(world.run(&ApiKeyRepository::mayEnter, some.id, world.ours.id()));
    BOOST_TEST(!world.run(&ApiKeyRepository::mayEnter, some.id, world.theirs.id()));
    BOOST_TEST(world.run(&ApiKeyRepository::mayEnter, all.id, world.theirs.id()));
    BOOST_TEST(!world.run(&ApiKeyRepository::mayEnter, all.id, world.makeId<WorkspaceId>()));
}

BOOST_DATA_TEST_CASE(hits_are_counted_in_windows_of_their_subject, backends(), backend) {
    People world(backend);
    const std::chrono::milliseconds window = 1min;
    const auto hit = [&](const std::string& subject) {
        return world.run(&ThrottleRepository::hit, subject, window).count;
    };
    BOOST_TEST(hit("a") == 1);
    BOOST_TEST(hit("a") == 2);
    BOOST_TEST(hit("b") == 1);
    BOOST_TEST(world.run(&ThrottleRepository::peek, "a").count == 2);
    world.run(&ThrottleRepository::clear, "a");
    BOOST_TEST(world.run(&ThrottleRepository::peek, "a").count == 0);
    BOOST_TEST(hit("a") == 1);
    world.db.clock.advance(61s);
    BOOST_TEST(hit("a") == 1);
    world.db.clock.advance(61s);
    BOOST_TEST(world.run(&ThrottleRepository::sweep) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
