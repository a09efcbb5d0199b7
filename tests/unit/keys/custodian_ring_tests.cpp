// What one process does when the ring it has is another one, lacks a key, or cannot be read: what
// it still opens and seals, and how it comes by the ring that has grown.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <utility>

#include "key_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

BOOST_AUTO_TEST_SUITE(custodian_ring_tests)

BOOST_DATA_TEST_CASE(a_foreign_ring_is_refused_and_changes_nothing, backends(), backend) {
    KeyWorld world(backend);
    world.start();
    const auto before = world.stored();
    world.place.ring = std::make_shared<const crypto::KeyRing>(
        crypto::KeyRing::make(world.db.clock.now(), world.db.random));
    BOOST_TEST((codeOf([&] { world.start(); }) == ErrorCode::DecryptFailed));
    BOOST_TEST((codeOf([&] { replace(world); }) == ErrorCode::DecryptFailed));
    BOOST_REQUIRE(world.stored().size() == 1u);
    BOOST_TEST(world.stored().front().wrapped == before.front().wrapped);
}

// Two machines, and a ring that one of them does not have yet.
BOOST_DATA_TEST_CASE(a_ring_that_is_behind_is_refused_by_name, backends(), backend) {
    KeyWorld world(backend);
    world.start();
    replaceUnderNewRingKey(world);
    BOOST_CHECK_EXCEPTION(world.start(), Error, [&](const Error& error) {
        return error.code() == ErrorCode::DecryptFailed &&
               error.message().find(world.place.ring->id()) != std::string::npos;
    });
}

BOOST_DATA_TEST_CASE(a_key_wrapped_anew_stays_in_use, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto sealed = process->seal("token");
    const auto newer = rewrapUnderNewRingKey(world);
    BOOST_TEST(process->custodian.ringCurrent());
    for (const bool current : {false, true}) {  // a ring that lacks the new key, and one with it
        process->custodian.keepUp();
        BOOST_TEST(process->custodian.ringCurrent() == current);
        BOOST_TEST(process->active() == 1u);
        BOOST_TEST(process->open(sealed) == "token");
        BOOST_TEST(process->custodian.complete());
        world.place.ring = newer;
    }
}

BOOST_DATA_TEST_CASE(a_damaged_key_still_opens_and_seals_nothing, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto sealed = process->seal("token");
    world.db.sql("UPDATE data_keys SET wrapped = wrapped || 'A'");
    process->custodian.keepUp();
    BOOST_TEST(process->open(sealed) == "token");
    BOOST_TEST((codeOf([&] { process->seal("token"); }) == ErrorCode::Unavailable));
    BOOST_TEST(!process->custodian.complete());
}

// Others can open it: whoever meets it here must not take it for lost.
BOOST_DATA_TEST_CASE(a_text_under_a_key_out_of_reach_is_not_lost, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto newer = replaceUnderNewRingKey(world);
    const auto older = std::exchange(world.place.ring, newer);
    const auto sealed = world.start()->seal("token");
    world.place.ring = older;
    for (int i = 0; i < 2; ++i)
        BOOST_TEST((codeOf([&] { process->open(sealed); }) == ErrorCode::Unavailable));
    process->custodian.keepUp();
    BOOST_TEST((codeOf([&] { process->open(sealed); }) == ErrorCode::Unavailable));
    world.place.ring = newer;
    process->custodian.keepUp();
    BOOST_TEST(process->open(sealed) == "token");
}

BOOST_DATA_TEST_CASE(a_ring_that_cannot_be_read_again_holds_up_nothing, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replaceUnderNewRingKey(world);
    world.place.unreadable = true;
    process->seal("token");
    process->custodian.keepUp();
    BOOST_TEST(!process->custodian.complete());
    BOOST_TEST(world.stored()[0].seals == 1);
}

// The ring's new key has reached one machine and not the other.
BOOST_DATA_TEST_CASE(a_ring_that_lacks_a_key_is_noticed_and_read_again, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto newer = replaceUnderNewRingKey(world);
    process->custodian.keepUp();
    BOOST_TEST(!process->custodian.complete());
    BOOST_TEST(process->active() == 1u);  // and it goes on with what it has
    // As long as it does, the old key stays, however long ago it was replaced.
    world.db.clock.advance(2 * kRetireAfter);
    process->custodian.keepUp();
    BOOST_TEST((codeOf([&] { retire(world, 1); }) == ErrorCode::Conflict));
    world.place.ring = newer;
    process->custodian.keepUp();
    BOOST_TEST(process->custodian.complete());
    BOOST_TEST(process->active() == 2u);
    process->custodian.keepUp();
    BOOST_TEST((codeOf([&] { retire(world, 1); }) == ErrorCode::Conflict));
    world.db.clock.advance(kRetireAfter);  // what was begun under it has ended
    process->custodian.keepUp();
    retire(world, 1);
}

BOOST_DATA_TEST_CASE(a_process_whose_key_was_retired_seals_nothing, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto newer = replaceUnderNewRingKey(world);
    world.db.clock.advance(kRetireAfter);
    world.db.sql("DELETE FROM journal_keys");
    retire(world, 1);
    process->custodian.keepUp();
    BOOST_TEST((codeOf([&] { process->seal("token"); }) == ErrorCode::Unavailable));
    BOOST_TEST((codeOf([&] { process->keepAnswer(); }) == ErrorCode::Unavailable));
    BOOST_TEST(!process->custodian.complete());
    world.place.ring = newer;
    process->custodian.keepUp();
    BOOST_TEST(process->open(process->seal("token")) == "token");
}

BOOST_AUTO_TEST_SUITE_END()
