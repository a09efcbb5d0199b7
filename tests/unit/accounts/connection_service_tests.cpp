// Consent at the platform and the way back: who may come, how often, how late, and as whom.

#include "accounts/connection_service.hpp"

#include <atomic>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "connect_walk.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using State = ConnectResult::State;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connection_service_tests)

BOOST_DATA_TEST_CASE(consent_makes_an_account_and_again_renews_it, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    const auto first = walk.arrive("ada");
    BOOST_TEST((first.state == State::Connected));
    BOOST_TEST(first.account_ids.size() == 1u);
    walk.start();
    const auto second = walk.arrive("ada");
    BOOST_TEST(second.account_ids == first.account_ids);
    BOOST_TEST(listed(world) == 1u);
    // The reach is the token alone, so the pair that was replaced is revoked.
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked() == std::vector<std::string>{"access-ada-1"});
}

BOOST_DATA_TEST_CASE(fifty_identical_callbacks_make_one_exchange, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    std::atomic<int> bad{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i)
            callers.emplace_back([&] {
                const auto result = walk.arrive("ada");
                if (result.state != State::Connected && result.state != State::InProgress) ++bad;
            });
    }
    BOOST_TEST(bad.load() == 0);
    BOOST_TEST(world.platform->exchanges() == 1);
    BOOST_TEST(listed(world) == 1u);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
}

BOOST_DATA_TEST_CASE(a_stranger_s_callback_spoils_nothing, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    auto stolen = walk.callback({{"code", "ada"}});
    stolen.browser_secret = [](const ConnectionId&) { return std::optional<std::string>(); };
    BOOST_TEST(world.connections.callback(stolen).code == "wrong_browser");
    auto other = walk.callback({{"code", "ada"}});
    other.person = Walk::makePerson(world);
    BOOST_TEST(world.connections.callback(other).code == "sign_in_required");
    auto fired = walk.callback({{"code", "ada"}});
    fired.may_connect = [](const auto&, const auto&) { return false; };
    BOOST_TEST(world.connections.callback(fired).code == "not_permitted");
    auto mixed_up = walk.callback({{"code", "ada"}});
    mixed_up.platform = "another";
    BOOST_TEST(world.connections.callback(mixed_up).code == "unknown_state");
    auto issued = walk.callback({{"code", "ada"}, {"iss", "https://evil.example"}});
    BOOST_TEST(world.connections.callback(issued).code == "issuer_mismatch");
    BOOST_TEST(world.platform->exchanges() == 0);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
}

BOOST_DATA_TEST_CASE(after_ten_minutes_it_is_too_late, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    world.db.clock.advance(10min + 1s);
    const auto result = walk.arrive("ada");
    BOOST_TEST((result.state == State::Refused));
    BOOST_TEST(result.code == "connect_expired");
    BOOST_TEST(world.platform->exchanges() == 0);
}

BOOST_DATA_TEST_CASE(the_twenty_first_start_closes_the_oldest, backends(), backend) {
    ServiceWorld world(backend);
    Walk oldest(world);
    oldest.start();
    for (int i = 0; i < 20; ++i) {
        world.db.clock.advance(1s);
        Walk next(world);
        next.person = oldest.person;
        next.start();
    }
    BOOST_TEST((oldest.arrive("ada").state == State::Failed));
    BOOST_TEST(world.platform->exchanges() == 0);
}

BOOST_DATA_TEST_CASE(a_denial_is_a_normal_end, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    const auto result = world.connections.callback(walk.callback({{"error", "access_denied"}}));
    BOOST_TEST((result.state == State::Denied));
    BOOST_TEST(result.code == "access_denied");
    BOOST_TEST(listed(world) == 0u);
}

BOOST_DATA_TEST_CASE(a_missing_required_scope_refuses_and_revokes, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) { platform.grants = {"read"}; });
    Walk walk(world);
    walk.start();
    const auto result = walk.arrive("ada");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "scope_missing");
    BOOST_TEST(result.detail == "write (publish in your name)");
    BOOST_TEST(listed(world) == 0u);
    world.revocations.runDue(10);
    BOOST_TEST(world.platform->revoked().size() == 1u);
}

BOOST_DATA_TEST_CASE(a_pinned_reconnect_refuses_another_person, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    const auto id = world.connect(world.workspace, "ada");
    const auto before = world.accessToken(world.workspace, id);
    walk.start(id);
    const auto result = walk.arrive("bob");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "account_mismatch");
    BOOST_TEST(result.detail == "@ada");
    BOOST_TEST(world.accessToken(world.workspace, id) == before);
    BOOST_TEST(listed(world) == 1u);
    world.revocations.runDue(10);
    BOOST_TEST(world.platform->revoked().size() == 1u);
    walk.start(id);
    BOOST_TEST(walk.arrive("ada").account_ids == std::vector<std::string>{id.str()});
}

BOOST_DATA_TEST_CASE(a_disconnect_during_a_pinned_reconnect_wins, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    const auto id = world.connect(world.workspace, "several");
    walk.start(id);
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    const auto result = walk.arrive("several");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "account_mismatch");
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.revocations.runDue(10) == 2u);
}

BOOST_DATA_TEST_CASE(a_new_consent_mends_tokens_that_do_not_open, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) {
        platform.facts.revocation_reach = sdk::RevocationReach::Token;
    });
    Walk walk(world);
    const auto id = world.connect(world.workspace, "ada");
    world.db.sql("UPDATE social_account_tokens SET access_sealed = 'AAAA'");
    walk.start(id);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
    BOOST_TEST(world.accessToken(world.workspace, id).starts_with("access-ada"));
}

BOOST_AUTO_TEST_SUITE_END()
