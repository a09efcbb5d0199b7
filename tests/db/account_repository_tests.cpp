#include "persistence/account_repository.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "things.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(account_repository_tests)

BOOST_DATA_TEST_CASE(an_account_comes_back_whole, backends(), backend) {
    World world(backend);
    const auto stored = world.account(world.ours, "ada");
    world.run(&AccountRepository::insert, world.ours, stored);
    const auto found = world.find(stored.id);
    BOOST_TEST(found.id.str() == stored.id.str());
    BOOST_TEST(found.workspace_id.str() == world.ours.id().str());
    BOOST_TEST(found.platform == kPlatform);
    BOOST_TEST(found.client_id == "client");
    BOOST_TEST(found.grant_key == "grant-of-ada");
    BOOST_TEST(found.profile.platform_user_id == "ada");
    BOOST_TEST(*found.profile.username == "@ada");
    BOOST_TEST(*found.profile.display_name == "Name of ada");
    BOOST_TEST(*found.profile.avatar_url == "https://img.test/a");
    BOOST_TEST(*found.profile.profile_url == "https://p.test");
    BOOST_TEST(*found.profile.account_type == "personal");
    BOOST_TEST((found.status == AccountStatus::Connected));
    BOOST_TEST(!found.status_reason.has_value());
    BOOST_TEST((found.status_since == stored.status_since));
    BOOST_TEST(found.scopes_requested == stored.scopes_requested, boost::test_tools::per_element());
    BOOST_TEST(found.scopes_granted == stored.scopes_granted, boost::test_tools::per_element());
    BOOST_TEST(*found.connected_by == "usr_of_the_account");
    BOOST_TEST((found.connected_at == stored.connected_at));
    BOOST_TEST((found.reconnect_by == stored.reconnect_by));
    BOOST_TEST((found.created_at == stored.created_at));
    BOOST_TEST((found.updated_at == stored.updated_at));
    BOOST_TEST(!found.access_expires_at.has_value());
}

BOOST_DATA_TEST_CASE(what_the_platform_does_not_say_stays_unsaid, backends(), backend) {
    World world(backend);
    auto bare = world.account(world.ours, "ada");
    bare.profile = {.platform_user_id = "ada"};
    bare.scopes_granted.clear();
    bare.connected_by.reset();
    bare.reconnect_by.reset();
    world.run(&AccountRepository::insert, world.ours, bare);
    const auto found = world.find(bare.id);
    BOOST_TEST(!found.profile.username.has_value());
    BOOST_TEST(!found.profile.account_type.has_value());
    BOOST_TEST(found.scopes_granted.empty());
    BOOST_TEST(!found.connected_by.has_value());
    BOOST_TEST(!found.reconnect_by.has_value());
}

BOOST_DATA_TEST_CASE(the_tokens_end_is_shown_beside_the_account, backends(), backend) {
    World world(backend);
    const auto id = world.storePair(world.ours, "ada");
    BOOST_TEST((world.find(id).access_expires_at == world.db.clock.now() + 2h));
}

BOOST_DATA_TEST_CASE(an_identity_is_live_once_in_a_workspace, backends(), backend) {
    World world(backend);
    const auto first = world.storeAccount(world.ours, "ada");
    const auto code = codeOf([&] { world.storeAccount(world.ours, "ada"); });
    BOOST_TEST((code == ErrorCode::Conflict));
    const std::string platform = kPlatform;
    const std::string person = "ada";
    const auto found = world.run(&AccountRepository::findByIdentity, world.ours, platform, person);
    BOOST_TEST(found.value().id.str() == first.str());

    // Elsewhere, and again once the first is gone, it is an account of its own.
    BOOST_TEST(world.storeAccount(world.theirs, "ada").str() != first.str());
    BOOST_TEST(world.run(&AccountRepository::remove, world.ours, first));
    BOOST_TEST(
        !world.run(&AccountRepository::findByIdentity, world.ours, platform, person).has_value());
    const auto second = world.storeAccount(world.ours, "ada");
    BOOST_TEST(world.find(second).id.str() == second.str());
}

BOOST_DATA_TEST_CASE(a_deleted_account_is_as_absent_as_an_unknown_one, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    BOOST_TEST(world.run(&AccountRepository::remove, world.ours, id));
    BOOST_TEST(!world.run(&AccountRepository::remove, world.ours, id));
    BOOST_TEST(!world.run(&AccountRepository::find, world.ours, id).has_value());
    BOOST_TEST(
        world.run(&AccountRepository::list, world.ours, AccountFilter{}, AccountPage{}).empty());
    BOOST_TEST(world.run(&AccountRepository::count, world.ours, AccountFilter{}) == 0);
    BOOST_TEST(!world.run(&AccountRepository::setStatus, world.ours, id, AccountStatus::Suspended,
                          std::nullopt));
    BOOST_TEST(!world.run(&AccountRepository::setGrant, world.ours, id,
                          std::vector<std::string>{"x"}, std::nullopt));
    auto again = world.account(world.ours, "ada");
    again.id = id;
    BOOST_TEST(!world.run(&AccountRepository::reconnect, world.ours, again));
}

BOOST_DATA_TEST_CASE(consent_given_again_renews_everything_but_the_identity, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    const auto created_at = world.db.clock.now();
    world.run(&AccountRepository::setStatus, world.ours, id, AccountStatus::TokenExpired,
              StatusReason::UserRevoked);
    world.db.clock.advance(1h);
    auto consent = world.account(world.ours, "ada");
    consent.id = id;
    consent.client_id = "another client";
    consent.profile.username = "@ada.lovelace";
    consent.scopes_granted = {"read", "write"};
    consent.reconnect_by.reset();
    BOOST_TEST(world.run(&AccountRepository::reconnect, world.ours, consent));
    const auto found = world.find(id);
    BOOST_TEST((found.status == AccountStatus::Connected));
    BOOST_TEST(!found.status_reason.has_value());
    BOOST_TEST((found.status_since == world.db.clock.now()));
    BOOST_TEST(found.client_id == "another client");
    BOOST_TEST(*found.profile.username == "@ada.lovelace");
    BOOST_TEST(found.scopes_granted.size() == 2u);
    BOOST_TEST(!found.reconnect_by.has_value());
    BOOST_TEST((found.created_at == created_at));
}

BOOST_DATA_TEST_CASE(consent_to_a_healthy_account_keeps_since_when_it_is_healthy, backends(),
                     backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    const auto since = world.db.clock.now();
    world.db.clock.advance(1h);
    auto consent = world.account(world.ours, "ada");
    consent.id = id;
    BOOST_TEST(world.run(&AccountRepository::reconnect, world.ours, consent));
    BOOST_TEST((world.find(id).status_since == since));
}

BOOST_DATA_TEST_CASE(a_status_changes_once, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    world.db.clock.advance(1min);
    const auto set = [&](AccountStatus status, std::optional<StatusReason> reason) {
        return world.run(&AccountRepository::setStatus, world.ours, id, status, reason);
    };
    BOOST_TEST(!set(AccountStatus::Connected, std::nullopt));
    BOOST_TEST(set(AccountStatus::TokenExpired, StatusReason::RotationLost));
    const auto since = world.db.clock.now();
    world.db.clock.advance(1min);
    BOOST_TEST(!set(AccountStatus::TokenExpired, StatusReason::RotationLost));
    const auto found = world.find(id);
    BOOST_TEST((found.status == AccountStatus::TokenExpired));
    BOOST_TEST((found.status_reason == StatusReason::RotationLost));
    BOOST_TEST((found.status_since == since));
    BOOST_TEST(set(AccountStatus::TokenExpired, StatusReason::UserRevoked));
    BOOST_TEST(set(AccountStatus::Connected, std::nullopt));
}

BOOST_DATA_TEST_CASE(every_status_and_reason_can_be_stored, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    for (const auto status : {AccountStatus::TokenExpired, AccountStatus::Suspended}) {
        for (int reason = 1; reason <= static_cast<int>(StatusReason::Unknown); ++reason) {
            const auto why = static_cast<StatusReason>(reason);
            BOOST_TEST(world.run(&AccountRepository::setStatus, world.ours, id, status,
                                 std::optional(why)));
            BOOST_TEST((world.find(id).status == status));
            BOOST_TEST((world.find(id).status_reason == why));
        }
    }
}

BOOST_DATA_TEST_CASE(a_refresh_that_names_no_scopes_keeps_them, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    const auto horizon = std::optional(world.db.clock.now() + 7h);
    BOOST_TEST(world.run(&AccountRepository::setGrant, world.ours, id, std::vector<std::string>{},
                         horizon));
    BOOST_TEST((world.find(id).scopes_granted == std::vector<std::string>{"read"}));
    BOOST_TEST((world.find(id).reconnect_by == horizon));
    BOOST_TEST(world.run(&AccountRepository::setGrant, world.ours, id,
                         std::vector<std::string>{"a", "b"}, std::nullopt));
    BOOST_TEST((world.find(id).scopes_granted == std::vector<std::string>{"a", "b"}));
    BOOST_TEST(!world.find(id).reconnect_by.has_value());
}

BOOST_DATA_TEST_CASE(lists_are_filtered_newest_first_and_paged_either_way, backends(), backend) {
    World world(backend);
    std::vector<std::string> newest_first;
    for (int i = 0; i < 7; ++i) {
        // Pairs of equal times, which the id must tell apart.
        if (i % 2 == 0) world.db.clock.advance(1s);
        newest_first.push_back(world.storeAccount(world.ours, "p" + std::to_string(i)).str());
    }
    std::sort(newest_first.begin(), newest_first.end(), std::greater<>());  // ids sort by time
    const auto list = [&](const AccountFilter& filter, const AccountPage& page) {
        std::vector<std::string> ids;
        for (const auto& found : world.run(&AccountRepository::list, world.ours, filter, page))
            ids.push_back(found.id.str());
        return ids;
    };
    BOOST_TEST(list({}, {}) == newest_first, boost::test_tools::per_element());

    std::vector<std::string> by_offset;
    std::vector<std::string> by_key;
    AccountPage page{.limit = 3};
    for (std::int64_t offset = 0; offset < 9; offset += 3) {
        for (auto& id : list({}, {.limit = 3, .offset = offset})) by_offset.push_back(id);
        for (auto& id : list({}, page)) by_key.push_back(id);
        const auto last = AccountId::trusted(by_key.back());
        page.after_created_at = world.find(last).created_at;
        page.after_id = last.str();
    }
    BOOST_TEST(by_offset == newest_first, boost::test_tools::per_element());
    BOOST_TEST(by_key == newest_first, boost::test_tools::per_element());

    const auto expired = AccountId::trusted(newest_first[4]);
    world.run(&AccountRepository::setStatus, world.ours, expired, AccountStatus::TokenExpired,
              StatusReason::Unknown);
    const AccountFilter only_expired{.status = AccountStatus::TokenExpired};
    BOOST_TEST(list(only_expired, {}) == std::vector{expired.str()},
               boost::test_tools::per_element());
    BOOST_TEST(world.run(&AccountRepository::count, world.ours, only_expired) == 1);
    const AccountFilter other_platform{.platform = "another"};
    BOOST_TEST(list(other_platform, {}).empty());
    BOOST_TEST(world.run(&AccountRepository::count, world.ours, other_platform) == 0);
    BOOST_TEST(world.run(&AccountRepository::count, world.ours,
                         AccountFilter{.platform = kPlatform}) == 7);
}

BOOST_DATA_TEST_CASE(siblings_are_counted_across_workspaces, backends(), backend) {
    World world(backend);
    const auto first = world.storeAccount(world.ours, "ada");
    const auto second = world.storeAccount(world.theirs, "ada");
    world.storeAccount(world.ours, "bob");
    const std::string grant = "grant-of-ada";
    const std::string platform = kPlatform;
    const std::string client = "client";
    BOOST_TEST(world.run(&AccountRepository::countLiveSiblings, grant, first) == 1);
    BOOST_TEST(world.run(&AccountRepository::countLiveOfClient, platform, client) == 3);
    world.run(&AccountRepository::remove, world.theirs, second);
    BOOST_TEST(world.run(&AccountRepository::countLiveSiblings, grant, first) == 0);
    BOOST_TEST(world.run(&AccountRepository::countLiveOfClient, platform, client) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
