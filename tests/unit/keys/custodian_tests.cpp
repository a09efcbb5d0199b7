// What one process knows of keys that others replace, retire, and wrap anew.

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

BOOST_AUTO_TEST_SUITE(custodian_tests)

BOOST_DATA_TEST_CASE(processes_that_start_at_once_share_the_first_key, backends(), backend) {
    KeyWorld world(backend);
    std::vector<std::unique_ptr<Process>> processes(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < processes.size(); ++i)
        threads.emplace_back([&, i] {
            processes[i] = std::make_unique<Process>(world, "machine-" + std::to_string(i));
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(world.stored().size() == 1u);
    const auto sealed = processes[0]->seal("token");
    for (auto& process : processes) BOOST_TEST(process->open(sealed) == "token");
}

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

BOOST_DATA_TEST_CASE(no_key_is_made_where_something_is_sealed, backends(), backend) {
    KeyWorld world(backend);
    world.insertText(world.start()->seal("token"));
    world.db.sql("DELETE FROM data_keys");
    BOOST_TEST((codeOf([&] { world.start(); }) == ErrorCode::Conflict));
    BOOST_TEST(world.stored().empty());
}

BOOST_DATA_TEST_CASE(a_replaced_key_is_taken_up_and_the_old_one_still_opens, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto old = process->seal("token");
    BOOST_TEST(replace(world) == 2);
    BOOST_TEST(process->active() == 1u);
    process->custodian.keepUp();
    BOOST_TEST(process->active() == 2u);
    BOOST_TEST(process->open(old) == "token");
    BOOST_TEST((crypto::keyIdOf(process->seal("token")) == 2u));
    BOOST_TEST((world.stored()[0].state == persistence::DataKeyState::Replaced));
    BOOST_TEST(world.stored()[0].replaced_at.has_value());
}

// Another process may seal under a new key before this one has looked.
BOOST_DATA_TEST_CASE(a_text_under_an_unseen_key_opens_at_once, backends(), backend) {
    KeyWorld world(backend);
    auto early = world.start();
    auto late = world.start();
    replace(world);
    early->custodian.keepUp();
    const auto sealed = early->seal("token");
    BOOST_TEST(late->open(sealed) == "token");
    BOOST_TEST(late->active() == 1u);
}

BOOST_DATA_TEST_CASE(it_opens_while_the_caller_holds_every_session, backends(), backend) {
    KeyWorld world(backend);
    auto early = world.start();
    auto late = world.start();
    replace(world);
    early->custodian.keepUp();
    const auto sealed = early->seal("token");
    const auto narrow = world.db.another([](auto& options) { options.pool = 1; });
    const auto opened = narrow->write([&](persistence::Transaction& tx) {
        tx.now();
        return late->open(sealed);
    });
    BOOST_TEST(opened == "token");
}

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

BOOST_DATA_TEST_CASE(a_text_under_no_key_costs_one_query_a_second, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    auto foreign = process->seal("token");
    foreign.replace(0, 8, crypto::prefixOf(77));
    BOOST_TEST((codeOf([&] { process->open(foreign); }) == ErrorCode::DecryptFailed));
    const auto queries = process->aside->statementsRun();
    BOOST_TEST(queries > 0u);
    for (int i = 0; i < 100; ++i)
        BOOST_TEST((codeOf([&] { process->open(foreign); }) == ErrorCode::DecryptFailed));
    BOOST_TEST(process->aside->statementsRun() <= queries + 4);
}

// A tampered row or a lost key's answer is met again and again.
BOOST_DATA_TEST_CASE(a_key_nobody_has_hides_no_new_one, backends(), backend) {
    KeyWorld world(backend);
    auto early = world.start();
    auto late = world.start();
    auto foreign = early->seal("token");
    foreign.replace(0, 8, crypto::prefixOf(77));
    BOOST_TEST((codeOf([&] { late->open(foreign); }) == ErrorCode::DecryptFailed));
    replace(world);
    early->custodian.keepUp();
    const auto sealed = early->seal("token");
    BOOST_TEST(late->open(sealed) == "token");
}

BOOST_DATA_TEST_CASE(a_retired_key_leaves_the_process, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto sealed = process->seal("token");
    replace(world);
    process->custodian.keepUp();
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    retire(world, 1);
    process->custodian.keepUp();
    BOOST_TEST((codeOf([&] { process->open(sealed); }) == ErrorCode::DecryptFailed));
    BOOST_TEST(world.stored()[0].wrapped.empty());
    BOOST_TEST(process->custodian.complete());
}

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
