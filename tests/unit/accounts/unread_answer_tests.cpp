// Answers in the journal that nothing can be made of: by this plugin, because they were altered, or
// because the account's row cannot be opened.

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "killed_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using Part = journal::Part;

BOOST_AUTO_TEST_SUITE(unread_answer_tests)

BOOST_DATA_TEST_CASE(an_answer_the_plugin_cannot_read_waits_for_a_better_one, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->reads = false;
    world.passToDue();
    world.refreshDue();
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    world.platform->reads = true;
    world.restart();  // the version has not changed
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
    world.installPlugin("2");
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(!world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    BOOST_TEST(world.platform->reuses() == 0);
}

BOOST_DATA_TEST_CASE(a_pair_that_could_not_be_read_is_revoked_when_its_account_has_gone, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.platform->reads = false;
    world.refreshDue();
    BOOST_TEST(world.count(Part::Unread) == 1u);
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    world.platform->reads = true;
    world.installPlugin("2.0.0");
    world.restart();
    while (world.revocations.runDue(10) > 0) {
    }
    auto revoked = world.platform->revoked();
    std::sort(revoked.begin(), revoked.end());
    BOOST_TEST(revoked == (std::vector<std::string>{"access-ada-1", "access-ada-2"}));
    BOOST_TEST(world.count(Part::Unread) == 0u);
}

BOOST_DATA_TEST_CASE(a_plugin_that_ends_the_process_is_not_asked_for_ever, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    for (int crash = 0; crash < 3; ++crash) {
        auto entry = world.journal.resume(world.journal.list(Part::Open).front());
        BOOST_REQUIRE(entry.has_value());
        entry->beginReading();  // and the process is gone
    }
    world.restart();
    BOOST_TEST(world.count(Part::Open) == 0u);
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
}

BOOST_DATA_TEST_CASE(an_altered_answer_harms_nothing_and_holds_up_nobody, backends(), backend) {
    KilledWorld world(backend);
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(world.workspace, "bob");
    world.passToDue();
    world.dieAfterAnswer();
    for (const auto& file : world.journal.list(Part::Open))
        if (file.filename().string().starts_with(ada.str()))
            std::ofstream(file, std::ios::app) << "not sealed\n";
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, ada)->tokens.generation == 1);
    BOOST_TEST(world.tokens(world.workspace, bob)->tokens.generation == 2);
    BOOST_TEST(world.count(Part::Unread) == 1u);
}

BOOST_DATA_TEST_CASE(an_entry_that_cannot_be_settled_holds_up_nobody, backends(), backend) {
    KilledWorld world(backend);
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(world.workspace, "bob");
    world.passToDue();
    world.dieAfterAnswer();
    world.db.sql("UPDATE social_account_tokens SET access_sealed = 'x' WHERE account_id = '" +
                 ada.str() + "'");
    world.restart();
    BOOST_TEST(world.count(Part::Open) == 0u);
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, bob)->tokens.generation == 2);
}

BOOST_AUTO_TEST_SUITE_END()
