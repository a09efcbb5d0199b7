// What a journal says of the keys that its answers lie under, so that none is retired too soon.

#include "keys/journal_announcements.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "key_world.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

BOOST_AUTO_TEST_SUITE(journal_announcements_tests)

// Two of them may work in one directory while one takes the other's place.
BOOST_DATA_TEST_CASE(what_another_process_of_the_directory_says_stands, backends(), backend) {
    KeyWorld world(backend);
    auto old = std::make_unique<Process>(world, "machine");
    const auto older = world.place.ring;
    world.place.ring = replaceUnderNewRingKey(world);
    auto young = std::make_unique<Process>(world, "machine");
    world.place.ring = older;
    BOOST_TEST(young->active() == 2u);
    world.db.clock.advance(kRetireAfter);
    old->custodian.keepUp();
    young->custodian.keepUp();
    BOOST_TEST(old->active() == 1u);
    BOOST_TEST((codeOf([&] { retire(world, 1); }) == ErrorCode::Conflict));
    old = nullptr;
    world.db.clock.advance(kRetireAfter);
    young->custodian.keepUp();
    retire(world, 1);
}

BOOST_DATA_TEST_CASE(a_key_stays_announced_while_an_answer_lies_under_it, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto announced = [&] {
        return world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 1");
    };
    BOOST_TEST(announced() == 1);
    process->keepAnswer().settle();
    replace(world);
    process->custodian.keepUp();
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 2") == 1);
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    BOOST_TEST(announced() == 1);
    BOOST_TEST((codeOf([&] { retire(world, 1); }) == ErrorCode::Conflict));
    process->journal->forget("acc_1");
    process->custodian.keepUp();
    BOOST_TEST(announced() == 0);
    retire(world, 1);
}

// By a failover, or an operator who took this machine for another.
BOOST_DATA_TEST_CASE(an_announcement_that_got_lost_is_made_again, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    process->keepAnswer().settle();
    const auto announced = [&](int key) {
        return world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = " +
                               std::to_string(key));
    };
    replace(world);
    process->custodian.keepUp();
    world.db.sql("DELETE FROM journal_keys");
    process->custodian.keepUp();
    BOOST_TEST(announced(1) == 1);
    BOOST_TEST(announced(2) == 1);
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    BOOST_TEST(announced(1) == 1);
    process->journal->forget("acc_1");
    for (int look = 0; look < 2; ++look) {
        process->custodian.keepUp();
        BOOST_TEST(announced(1) == 0);
    }
    retire(world, 1);
}

// Its answers are as unread as another's.
BOOST_DATA_TEST_CASE(a_process_that_can_seal_nothing_is_not_taken_for_gone, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    auto other = world.start();
    replace(world);
    process->custodian.keepUp();
    other->custodian.keepUp();
    process->keepAnswer().settle();
    world.db.sql("UPDATE data_keys SET wrapped = wrapped || 'A' WHERE id = 2");
    const auto journals = world.db->read([](persistence::Transaction& tx) {
        return persistence::DataKeyRepository(tx).journalsWith(2);
    });
    BOOST_REQUIRE(journals.size() == 2u);
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    BOOST_TEST(!process->custodian.keys().activeId().has_value());
    for (const auto& journal : journals) {
        const auto forget = [&] {
            world.write(
                [&](persistence::Transaction& tx) { forgetJournal(tx, 2, journal.journal_id); });
        };
        if (journal.host == "machine-1")
            BOOST_TEST((codeOf(forget) == ErrorCode::Conflict));
        else
            BOOST_CHECK_NO_THROW(forget());
    }
}

// Written by a service that knew of no such thing.
BOOST_DATA_TEST_CASE(an_announcement_of_an_older_version_counts_from_when_it_was_made, backends(),
                     backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replace(world);
    process->custodian.keepUp();
    world.db.sql("UPDATE journal_keys SET sealed_at = NULL");
    const auto announced = [&] {
        return world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 1");
    };
    for (int minutes = 0; minutes < 10; ++minutes) {
        process->custodian.keepUp();
        BOOST_TEST(announced() == 1);
        world.db.clock.advance(std::chrono::minutes(1));
    }
    process->custodian.keepUp();
    BOOST_TEST(announced() == 0);
}

BOOST_DATA_TEST_CASE(answers_from_before_are_announced_at_the_start, backends(), backend) {
    KeyWorld world(backend);
    auto process = std::make_unique<Process>(world, "machine");
    process->keepAnswer();
    replace(world);
    process = nullptr;
    world.db.sql("DELETE FROM journal_keys");
    process = std::make_unique<Process>(world, "machine");
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM journal_keys") == 2);
    BOOST_TEST(world.db.number("SELECT COUNT(DISTINCT journal_id) FROM journal_keys") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
