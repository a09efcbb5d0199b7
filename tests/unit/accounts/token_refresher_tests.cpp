#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using persistence::StatusReason;
using postato::testing::backends;
using sdk::ErrorKind;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(token_refresher_tests)

BOOST_DATA_TEST_CASE(what_is_due_gets_a_new_pair_and_is_due_again_later, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    BOOST_TEST(world.refreshDue() == 0u);
    const auto before = world.accessToken(world.workspace, id);
    for (int round = 1; round <= 5; ++round) {
        world.passToDue();
        BOOST_TEST(world.refreshDue() == 1u);
        BOOST_TEST(world.refreshDue() == 0u);
        BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == round + 1);
    }
    BOOST_TEST(world.accessToken(world.workspace, id) != before);
    BOOST_TEST(world.platform->refreshes() == 5);
    BOOST_TEST(world.platform->reuses() == 0);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

BOOST_DATA_TEST_CASE(a_reply_without_refresh_token_keeps_the_old_one, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) { platform.answers_refresh_token = false; });
    const auto id = world.connect(world.workspace, "ada");
    for (int round = 0; round < 2; ++round) {
        world.passToDue();
        BOOST_TEST(world.refreshDue() == 1u);
    }
    const auto stored = world.tokens(world.workspace, id);
    const auto kept = world.vault.open(world.workspace, stored->tokens, world.db.clock.now());
    BOOST_TEST(std::string(kept.refresh_token.reveal()) == "refresh-ada-1");
    BOOST_TEST(kept.subject == "ada");
}

BOOST_DATA_TEST_CASE(passing_failures_never_change_the_status, backends(), backend) {
    const ErrorKind kinds[] = {
        ErrorKind::Transient,    ErrorKind::RateLimited, ErrorKind::TooEarly,
        ErrorKind::Ambiguous,    ErrorKind::Protocol,    ErrorKind::Misconfigured,
        ErrorKind::ScopeMissing, ErrorKind::Unsupported, ErrorKind::NoPublishableAccount};
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (const auto kind : kinds) {
        for (int again = 0; again < 4; ++again) {
            world.platform->nextRefresh(errorOf(kind));
            world.db.clock.advance(2h);
            BOOST_TEST(world.refreshDue() == 1u);
            const auto account = world.account(world.workspace, id);
            BOOST_TEST((account.status == AccountStatus::Connected));
            BOOST_TEST(!account.status_reason.has_value());
        }
    }
    world.db.clock.advance(2h);
    BOOST_TEST(world.refreshDue() == 1u);
    const auto stored = world.tokens(world.workspace, id);
    BOOST_TEST(stored->tokens.generation == 2);
    BOOST_TEST(stored->state.failures == 0);
    BOOST_TEST(!stored->state.in_doubt_since.has_value());
    BOOST_TEST(world.eventTypes(world.workspace, id) ==
               std::vector<std::string>{"account.connected"});
}

BOOST_DATA_TEST_CASE(one_refusal_is_not_believed, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    world.passToDue();
    world.refreshDue();
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
    BOOST_TEST(world.refreshDue() == 0u);
    world.db.clock.advance(61s);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
    BOOST_TEST(world.tokens(world.workspace, id)->state.rejects == 0);
}

BOOST_DATA_TEST_CASE(a_confirmed_dead_grant_expires_the_account_once, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (int i = 0; i < 2; ++i)
        world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant, sdk::GrantEnd::UserRevoked));
    world.passToDue();
    world.refreshDue();
    world.db.clock.advance(61s);
    world.refreshDue();
    const auto account = world.account(world.workspace, id);
    BOOST_TEST((account.status == AccountStatus::TokenExpired));
    BOOST_TEST((account.status_reason == StatusReason::UserRevoked));
    BOOST_TEST((account.status_since == world.db.clock.now()));
    world.db.clock.advance(48h);
    BOOST_TEST(world.refreshDue() == 0u);
    const std::vector<std::string> events = {"account.token_expired", "account.connected"};
    BOOST_TEST(world.eventTypes(world.workspace, id) == events);
}

BOOST_DATA_TEST_CASE(a_refusal_after_a_lost_answer_is_a_lost_rotation, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->nextRefresh(errorOf(ErrorKind::Ambiguous));
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant, sdk::GrantEnd::UserRevoked));
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant, sdk::GrantEnd::UserRevoked));
    for (int i = 0; i < 3; ++i) {
        world.db.clock.advance(2h);
        world.refreshDue();
    }
    const auto account = world.account(world.workspace, id);
    BOOST_TEST((account.status == AccountStatus::TokenExpired));
    BOOST_TEST((account.status_reason == StatusReason::RotationLost));
}

BOOST_DATA_TEST_CASE(an_abandoned_lease_is_no_reason_to_ask_again_at_once, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    BOOST_TEST(world.refresher.claimDue(kPlatform, 10).size() == 1u);  // and the process is gone
    world.db.clock.advance(world.policy.lease);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->refreshes() == 0);
    const auto state = world.tokens(world.workspace, id)->state;
    BOOST_TEST(state.in_doubt_since.has_value());
    BOOST_TEST(!state.lease_owner.has_value());
    BOOST_TEST(world.refreshDue() == 0u);
    world.db.clock.advance(world.policy.doubt_quarantine);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM refresh_attempts WHERE outcome = "
                               "'recovered'") == 1);
}

BOOST_DATA_TEST_CASE(where_the_token_goes_on_an_abandoned_lease_is_tried_at_once, backends(),
                     backend) {
    ServiceWorld world(backend,
                       [](auto& platform) { platform.facts.rotation = sdk::Rotation::None; });
    world.connect(world.workspace, "ada");
    world.passToDue();
    world.refresher.claimDue(kPlatform, 10);
    world.db.clock.advance(world.policy.lease);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->refreshes() == 1);
}

BOOST_DATA_TEST_CASE(a_process_that_was_stopped_sends_nothing_under_its_old_lease, backends(),
                     backend) {
    ServiceWorld world(backend);
    world.connect(world.workspace, "ada");
    world.passToDue();
    const auto claim = world.refresher.claimDue(kPlatform, 10).at(0);
    world.db.clock.advance(world.policy.lease);
    BOOST_TEST(!world.refresher.run(claim, {}).refreshed);
    BOOST_TEST(world.platform->refreshes() == 0);
}

BOOST_DATA_TEST_CASE(an_account_of_another_client_is_not_asked_for, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.db.sql("UPDATE social_accounts SET client_id = 'another'");
    for (int again = 0; again < 3; ++again) {
        world.db.clock.advance(3h);
        BOOST_TEST(world.refreshDue() == 1u);
    }
    BOOST_TEST(world.platform->refreshes() == 0);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
    const auto health = world.accounts.health(world.workspace, id, false);
    BOOST_REQUIRE(health.advice.size() == 1u);
    BOOST_TEST(health.advice.front().code == "client_changed");
    world.db.sql("UPDATE social_accounts SET client_id = 'client'");
    world.db.clock.advance(3h);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
}

BOOST_DATA_TEST_CASE(an_answer_in_which_nothing_is_found_leaves_doubt, backends(), backend) {
    for (const auto kind : {ErrorKind::Protocol, ErrorKind::Ambiguous}) {
        ServiceWorld world(backend, [kind](auto& platform) { platform.unreadable = kind; });
        const auto id = world.connect(world.workspace, "ada");
        world.platform->reads = false;
        world.db.clock.advance(111min);  // due, and some minutes are left
        BOOST_TEST(world.refreshDue() == 1u);
        BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
        BOOST_TEST(world.journal.list(journal::Part::Unread).size() == 1u);
        world.db.clock.advance(10s);
        BOOST_TEST(world.refreshDue() == 0u);
        BOOST_TEST(world.platform->reuses() == 0);
    }
}

BOOST_DATA_TEST_CASE(nothing_is_claimed_before_the_journal_is_settled, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.refresher.gate().close();
    BOOST_TEST(world.refreshDue() == 0u);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "settling");
    BOOST_TEST(world.on_demand.fresh(world.workspace, id, 24h).has_value());  // it lives
    BOOST_TEST(world.platform->refreshes() == 0);
    world.openGate(world.refresher);
    BOOST_TEST(world.refreshDue() == 1u);
}

BOOST_DATA_TEST_CASE(a_suspended_account_says_so, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (int i = 0; i < 2; ++i) world.platform->nextRefresh(errorOf(ErrorKind::AccountSuspended));
    world.passToDue();
    world.refreshDue();
    world.db.clock.advance(61s);
    world.refreshDue();
    const auto account = world.account(world.workspace, id);
    BOOST_TEST((account.status == AccountStatus::Suspended));
    BOOST_TEST((account.status_reason == StatusReason::AccountSuspended));
}

BOOST_DATA_TEST_CASE(a_token_without_refresh_expires_at_its_end_and_not_before, backends(),
                     backend) {
    ServiceWorld world(backend, [](auto& platform) { platform.gives_refresh_tokens = false; });
    const auto id = world.connect(world.workspace, "ada");
    const auto connected = world.account(world.workspace, id);
    BOOST_TEST((connected.reconnect_by == world.db.clock.now() + 2h));
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "not_refreshable");
    world.db.clock.advance(119min);
    BOOST_TEST(world.refreshDue() == 0u);
    world.db.clock.advance(1min);
    BOOST_TEST(world.refreshDue() == 1u);
    const auto account = world.account(world.workspace, id);
    BOOST_TEST((account.status == AccountStatus::TokenExpired));
    BOOST_TEST((account.status_reason == StatusReason::NoRefreshToken));
    BOOST_TEST(world.platform->refreshes() == 0);
}

BOOST_DATA_TEST_CASE(a_pair_that_arrives_after_the_disconnect_is_revoked, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->during_refresh = [&] {
        world.accounts.disconnect(world.workspace, id, audit::Actor::system());
        world.platform->during_refresh = [] {};
    };
    world.passToDue();
    world.refreshDue();
    BOOST_TEST(!world.tokens(world.workspace, id).has_value());
    while (world.revocations.runDue(10) > 0) {
    }
    const std::vector<std::string> revoked = {"access-ada-1", "access-ada-2"};
    auto seen = world.platform->revoked();
    std::sort(seen.begin(), seen.end());
    BOOST_TEST(seen == revoked);
}

BOOST_DATA_TEST_CASE(a_consent_during_the_refresh_wins, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->during_refresh = [&] {
        world.platform->during_refresh = [] {};
        BOOST_TEST((world.connect(world.workspace, "ada") == id));
    };
    world.passToDue();
    world.refreshDue();
    BOOST_TEST(world.accessToken(world.workspace, id) == "access-ada-2");
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
}

BOOST_DATA_TEST_CASE(a_refusal_that_a_consent_overtook_expires_nothing, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    world.passToDue();
    world.refreshDue();
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    world.platform->during_refresh = [&] {
        world.platform->during_refresh = [] {};
        world.connect(world.workspace, "ada");
    };
    world.db.clock.advance(61s);
    world.refreshDue();
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

BOOST_DATA_TEST_CASE(tokens_that_were_moved_are_never_sent, backends(), backend) {
    ServiceWorld world(backend);
    const auto mine = world.connect(world.workspace, "ada");
    const auto theirs = world.connect(world.workspace, "bob");
    world.db.sql(
        "UPDATE social_account_tokens SET access_sealed = (SELECT access_sealed FROM "
        "social_account_tokens WHERE account_id = '" +
        theirs.str() + "') WHERE account_id = '" + mine.str() + "'");
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 2u);
    BOOST_TEST(world.platform->refreshes() == 1);
    BOOST_TEST((world.account(world.workspace, mine).status == AccountStatus::Connected));
    BOOST_TEST(world.tokens(world.workspace, mine)->state.last_error_code.value() ==
               "decrypt_failed");
    BOOST_CHECK_THROW(world.accessToken(world.workspace, mine), Error);
    BOOST_TEST(world.accounts.health(world.workspace, mine, true).advice.back().code ==
               "tokens_unreadable");
    BOOST_TEST(world.accessToken(world.workspace, theirs) == "access-bob-3");
}

BOOST_DATA_TEST_CASE(what_only_others_can_open_is_left_to_them, backends(), backend) {
    ServiceWorld world(backend);
    world.connect(world.workspace, "ada");
    world.passToDue();
    world.db.sql("UPDATE social_account_tokens SET key_id = 2");
    BOOST_TEST(world.refreshDue() == 0u);
    world.db.sql("UPDATE social_account_tokens SET key_id = 1");
    world.data_keys.deactivate();  // and an answer could not be sealed
    BOOST_TEST(world.refreshDue() == 0u);
    world.data_keys.activate(1);
    BOOST_TEST(world.refreshDue() == 1u);
}

BOOST_DATA_TEST_CASE(what_this_process_cannot_do_counts_against_nobody, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    const auto claims = world.refresher.claimDue(kPlatform, 10);
    world.data_keys.deactivate();
    BOOST_TEST(world.refresher.run(claims.at(0), {}).reason == "settling");
    const auto state = world.tokens(world.workspace, id)->state;
    BOOST_TEST(state.failures == 0);
    BOOST_TEST(!state.lease_owner.has_value());
    BOOST_TEST(world.platform->refreshes() == 0);
    world.data_keys.activate(1);
    world.db.clock.advance(6s);
    BOOST_TEST(world.refreshDue() == 1u);
}

BOOST_DATA_TEST_CASE(a_lost_answer_spends_nothing_where_tokens_do_not_rotate, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) {
        platform.facts.rotation = sdk::Rotation::None;
        platform.answers_refresh_token = false;
    });
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.platform->nextRefresh(errorOf(ErrorKind::Ambiguous));
    for (int i = 0; i < 2; ++i)
        world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant, sdk::GrantEnd::UserRevoked));
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(world.refreshDue() == 1u);
        world.db.clock.advance(2min);
    }
    BOOST_TEST((world.account(world.workspace, id).status_reason == StatusReason::UserRevoked));
}

BOOST_AUTO_TEST_SUITE_END()
