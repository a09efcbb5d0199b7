// Several identities behind one consent: they wait sealed for a choice, and go if none is made.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "connect_walk.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using State = ConnectResult::State;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connect_choice_tests)

BOOST_DATA_TEST_CASE(several_identities_wait_for_a_choice, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    BOOST_TEST((walk.arrive("several").state == State::Choosing));
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.connections.choices(walk.ask()).size() == 2u);
    BOOST_CHECK_THROW(world.connections.choose(walk.ask(), {"somebody-else"}), Error);
    const auto result = world.connections.choose(walk.ask(), {"several-second"});
    BOOST_TEST((result.state == State::Connected));
    BOOST_TEST(listed(world) == 1u);
    BOOST_TEST(world.connections.choose(walk.ask(), {"several"}).account_ids == result.account_ids);
    BOOST_TEST(listed(world) == 1u);
}

BOOST_DATA_TEST_CASE(choosing_nothing_connects_nothing_and_revokes, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    BOOST_TEST((world.connections.choose(walk.ask(), {}).state == State::Denied));
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
}

BOOST_DATA_TEST_CASE(a_choice_that_cannot_be_stored_can_be_made_again, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    world.db.sql("ALTER TABLE audit_records RENAME TO elsewhere");
    BOOST_CHECK_THROW(world.connections.choose(walk.ask(), {"several"}), Error);
    world.db.sql("ALTER TABLE elsewhere RENAME TO audit_records");
    BOOST_TEST((world.connections.choose(walk.ask(), {"several"}).state == State::Connected));
    BOOST_TEST(listed(world) == 1u);
}

BOOST_DATA_TEST_CASE(candidates_nobody_chose_are_swept_and_revoked, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    world.housekeeper.sweep();
    BOOST_TEST((world.connections.result(walk.ask()).state == State::Choosing));
    world.db.clock.advance(10min + 1s);
    world.housekeeper.sweep();
    const auto result = world.connections.result(walk.ask());
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.db.number(
                   "SELECT COUNT(*) FROM connections WHERE candidates_sealed IS NOT NULL") == 0);
    world.db.clock.advance(48h);
    world.housekeeper.sweep();
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM connections") == 0);
}

BOOST_DATA_TEST_CASE(candidates_that_do_not_open_hold_up_nobody, backends(), backend) {
    ServiceWorld world(backend);
    Walk broken(world);
    broken.start();
    broken.arrive("several");
    world.db.sql("UPDATE connections SET candidates_sealed = 'AAAA'");
    Walk whole(world);
    whole.start();
    whole.arrive("several");
    world.db.clock.advance(11min);
    world.housekeeper.sweep();
    for (auto* walk : {&broken, &whole})
        BOOST_TEST(world.connections.result(walk->ask()).code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 1u);
}

// Another process can open them: only what nobody can read ends without a revocation.
BOOST_DATA_TEST_CASE(candidates_under_a_key_out_of_reach_wait_and_hold_up_nobody, backends(),
                     backend) {
    ServiceWorld world(backend);
    Walk within(world);
    within.start();
    within.arrive("several");
    world.data_keys.add(2, 'n');
    Walk beyond(world);
    beyond.start();
    beyond.arrive("several");
    world.data_keys.activate(1);
    world.data_keys.remove(2);
    world.data_keys.onMiss(
        [](std::uint32_t) { throw Error(ErrorCode::Unavailable, PublicMessage{"out of reach"}); });
    world.db.clock.advance(11min);
    world.housekeeper.sweep();
    BOOST_TEST(world.connections.result(within.ask()).code == "connect_expired");
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM connections WHERE outcome = 'choosing' "
                               "AND candidates_sealed IS NOT NULL") == 1);
    world.data_keys.add(2, 'n');
    world.housekeeper.sweep();
    BOOST_TEST(world.connections.result(beyond.ask()).code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
