// Seals are counted, also those of the last moments, and a key that has reached its limit is
// replaced without anybody's doing.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "key_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

BOOST_AUTO_TEST_SUITE(seal_limit_tests)

BOOST_DATA_TEST_CASE(at_the_limit_another_key_takes_over_by_itself, backends(), backend) {
    KeyWorld world(backend);
    world.policy.seals_per_key = 10;
    auto one = world.start();
    auto two = world.start();
    for (int i = 0; i < 5; ++i) one->seal("token");
    for (int i = 0; i < 4; ++i) two->seal("token");
    one->custodian.keepUp();
    two->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 1u);
    BOOST_TEST(world.stored()[0].seals == 9);
    one->seal("token");
    two->seal("token");
    one->custodian.keepUp();
    two->custodian.keepUp();
    one->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 2u);
    BOOST_TEST(world.stored()[0].seals == 11);
    BOOST_TEST(one->active() == 2u);
    BOOST_TEST(two->active() == 2u);
}

// Putting another key of the ring to use is the operator's act, of which a process may not know.
BOOST_DATA_TEST_CASE(at_the_limit_the_new_key_is_wrapped_as_the_full_one, backends(), backend) {
    KeyWorld world(backend);
    world.policy.seals_per_key = 1;
    auto longer = world.copyOfRing();
    const auto older = longer.activeKeyId();
    const auto newer = longer.addKey(world.db.clock.now(), world.db.random);
    world.place.ring =
        std::make_shared<const crypto::KeyRing>(crypto::KeyRing::parse(longer.document()));
    auto process = world.start();
    const auto wrappedUnder = [&](std::size_t key) {
        return std::string(crypto::KeyRing::wrappingKeyOf(world.stored().at(key).wrapped));
    };
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(wrappedUnder(1) == older);
    longer.activate(newer);
    world.write([&](persistence::Transaction& tx) {
        return rewrapDataKeys(tx, longer, kOperator, world.db.random);
    });
    process->custodian.keepUp();
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(wrappedUnder(2) == newer);
}

BOOST_DATA_TEST_CASE(at_the_limit_a_longer_ring_is_read_first, backends(), backend) {
    KeyWorld world(backend);
    world.policy.seals_per_key = 1;
    auto process = world.start();
    const auto newer = rewrapUnderNewRingKey(world);
    // Without it nothing is replaced, and the seals count all the same.
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 1u);
    BOOST_TEST(world.stored()[0].seals == 1);
    world.place.ring = newer;
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 2u);
    process->custodian.keepUp();
    BOOST_TEST(process->active() == 2u);
}

// Nobody else does it either: the operator must hear of it.
BOOST_DATA_TEST_CASE(at_the_limit_a_refusal_is_said_once, backends(), backend) {
    KeyWorld world(backend);
    world.policy.seals_per_key = 1;
    auto process = world.start();
    world.db.sql(
        "INSERT INTO journal_keys (journal_id, key_id, host, announced_at) "
        "VALUES ('jrn_elsewhere', 4294967295, 'elsewhere', 0)");
    for (int i = 0; i < 2; ++i) {
        process->seal("token");
        process->custodian.keepUp();
    }
    BOOST_TEST(world.stored().size() == 1u);
    BOOST_TEST(world.logged("keys.limit_waits") == 1u);
    world.db.sql("DELETE FROM journal_keys WHERE journal_id = 'jrn_elsewhere'");
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 2u);
}

BOOST_DATA_TEST_CASE(at_the_limit_another_process_may_be_first, backends(), backend) {
    KeyWorld world(backend);
    world.policy.seals_per_key = 1;
    auto one = world.start();
    auto two = world.start();
    one->seal("token");
    two->seal("token");
    std::thread other([&] { two->custodian.keepUp(); });
    one->custodian.keepUp();
    other.join();
    BOOST_TEST(world.stored().size() == 2u);
    BOOST_TEST(world.logged("keys.limit_waits") == 0u);
}

BOOST_DATA_TEST_CASE(seals_are_not_forgotten_while_the_database_is_away, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    for (int i = 0; i < 3; ++i) process->seal("token");
    world.db.sql("ALTER TABLE data_keys RENAME TO data_keys_away");
    BOOST_CHECK_THROW(process->custodian.keepUp(), Error);
    world.db.sql("ALTER TABLE data_keys_away RENAME TO data_keys");
    process->custodian.keepUp();
    BOOST_TEST(world.stored()[0].seals == 3);
}

BOOST_DATA_TEST_CASE(the_last_seals_count_too, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    for (int i = 0; i < 3; ++i) process->seal("token");
    world.db.sql("ALTER TABLE data_keys RENAME TO data_keys_away");
    BOOST_CHECK_NO_THROW(process->custodian.close());
    world.db.sql("ALTER TABLE data_keys_away RENAME TO data_keys");
    process->custodian.close();
    BOOST_TEST(world.stored()[0].seals == 3);
}

BOOST_AUTO_TEST_SUITE_END()
