// Keys that the database has lost while processes that know them run: who puts them back, and what
// becomes of their numbers. For those that nobody knew any more see key_rescue_tests.cpp.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "key_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(lost_key_tests)

BOOST_DATA_TEST_CASE(a_key_the_database_has_lost_is_put_back, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replace(world);
    process->custodian.keepUp();
    const auto before = world.stored().at(1);
    loseKeyTwo(world);
    const auto sealed = process->seal("token");  // before anybody noticed
    process->custodian.keepUp();
    BOOST_TEST(process->active() == 1u);
    BOOST_REQUIRE(world.stored().size() == 2u);
    const auto after = world.stored()[1];
    BOOST_TEST((after.state == persistence::DataKeyState::Replaced));
    BOOST_TEST(after.wrapped == before.wrapped);
    BOOST_TEST((after.created_at == before.created_at));
    BOOST_TEST((after.replaced_at == world.db.clock.now()));
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM audit_records "
                               "WHERE type = 'data_key.restored'") == 1);
    process->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 2u);
    process = nullptr;
    BOOST_TEST(world.start()->open(sealed) == "token");
}

BOOST_DATA_TEST_CASE(several_that_put_it_back_at_once_do_so_once, backends(), backend) {
    KeyWorld world(backend);
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 4; ++i) processes.push_back(world.start());
    replace(world);
    for (auto& process : processes) process->custodian.keepUp();
    loseKeyTwo(world);
    std::vector<std::thread> threads;
    for (auto& process : processes)
        threads.emplace_back([custodian = &process->custodian] { custodian->keepUp(); });
    for (auto& thread : threads) thread.join();
    for (auto& process : processes) process->custodian.keepUp();
    BOOST_TEST(world.stored().size() == 2u);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM audit_records "
                               "WHERE type = 'data_key.restored'") == 1);
    for (auto& process : processes) BOOST_TEST(process->active() == 1u);
}

// The database goes away again before the other key is announced: answers still come.
BOOST_DATA_TEST_CASE(answers_are_kept_while_a_lost_key_is_left, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replace(world);
    process->custodian.keepUp();
    loseKeyTwo(world);
    world.db.sql("ALTER TABLE journal_keys RENAME TO journal_keys_away");
    BOOST_CHECK_THROW(process->custodian.keepUp(), Error);
    BOOST_CHECK_NO_THROW(process->keepAnswer().settle());
    world.db.sql("ALTER TABLE journal_keys_away RENAME TO journal_keys");
    process->custodian.keepUp();
    BOOST_TEST(process->active() == 1u);
    process = nullptr;
    auto later = world.start();
    const auto place = world.directory.path() / "machine-1";
    journal::AnswerJournal journal(place, *later->cipher);
    const auto file = journal.list(journal::Part::Settled).front();
    BOOST_TEST(journal.resume(file).has_value());
}

BOOST_DATA_TEST_CASE(the_keys_of_another_installation_are_left_alone, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replace(world);
    process->custodian.keepUp();
    loseKeyTwo(world);
    world.db.sql("UPDATE installation SET id = 'ins_01J00000000000000000000000'");
    process->custodian.keepUp();
    BOOST_TEST(world.logged("keys.restore_failed") == 1u);
    BOOST_TEST(world.stored().size() == 1u);
}

// A failover lost the second key, and the number was given out again before anybody looked.
BOOST_DATA_TEST_CASE(a_number_given_out_twice_means_what_is_stored, backends(), backend) {
    KeyWorld world(backend);
    auto survivor = world.start();
    replace(world);
    survivor->custodian.keepUp();
    BOOST_TEST(survivor->active() == 2u);
    loseKeyTwo(world);
    BOOST_TEST(replace(world) == 2);
    survivor->custodian.keepUp();
    BOOST_TEST(survivor->active() == 2u);
    BOOST_TEST(survivor->custodian.complete());
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 2") == 1);
    auto later = world.start();
    BOOST_TEST(later->open(survivor->seal("token")) == "token");
    BOOST_TEST(survivor->open(later->seal("token")) == "token");
}

BOOST_DATA_TEST_CASE(a_number_that_an_answer_is_sealed_under_is_not_given_out, backends(),
                     backend) {
    KeyWorld world(backend);
    world.policy.search_journal = 60s;
    auto survivor = world.start();
    replace(world);
    survivor->custodian.keepUp();
    survivor->keepAnswer().settle();
    loseKeyTwo(world);
    survivor->custodian.keepUp();
    BOOST_TEST(replace(world) == 3);
    survivor->custodian.keepUp();
    BOOST_TEST(survivor->active() == 3u);
    const auto file = survivor->journal->list(journal::Part::Settled).front();
    BOOST_TEST(survivor->journal->resume(file).has_value());
}

BOOST_DATA_TEST_CASE(a_number_that_a_pending_text_names_is_not_given_out, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    auto sealed = process->seal("token");
    sealed.replace(0, 8, crypto::prefixOf(300));
    world.insertText(sealed);
    BOOST_TEST(replace(world) == 301);
}

BOOST_DATA_TEST_CASE(a_number_given_out_twice_out_of_reach_seals_nothing, backends(), backend) {
    KeyWorld world(backend);
    auto survivor = world.start();
    replace(world);
    survivor->custodian.keepUp();
    loseKeyTwo(world);
    world.db.clock.advance(1ms);
    const auto newer = replaceUnderNewRingKey(world);
    survivor->custodian.keepUp();
    BOOST_TEST((codeOf([&] { survivor->seal("token"); }) == ErrorCode::Unavailable));
    BOOST_TEST(!survivor->custodian.complete());
    world.place.ring = newer;
    survivor->custodian.keepUp();
    BOOST_TEST(world.start()->open(survivor->seal("token")) == "token");
}

BOOST_AUTO_TEST_SUITE_END()
