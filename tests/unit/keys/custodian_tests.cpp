// What one process knows of keys that others make, replace, and retire.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "key_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

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

BOOST_AUTO_TEST_SUITE_END()
