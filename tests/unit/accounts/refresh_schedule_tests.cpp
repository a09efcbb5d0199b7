#include "accounts/refresh_schedule.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "support/test_random.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace std::chrono_literals;

namespace {

struct ScheduleWorld {
    postato::testing::TestRandom random;
    RefreshPolicy policy;
    RefreshSchedule schedule{random, policy};
    sdk::Traits traits;
    TimePoint now = fromMillis(1'790'000'000'000);

    persistence::SealedTokens pair(std::chrono::milliseconds lifetime, bool refreshable = true) {
        persistence::SealedTokens tokens{.account_id = AccountId::trusted("acc_x")};
        tokens.issued_at = now;
        tokens.access_expires_at = now + lifetime;
        if (refreshable) tokens.refresh_sealed = "sealed";
        return tokens;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refresh_schedule_tests, ScheduleWorld)

BOOST_AUTO_TEST_CASE(a_long_token_is_refreshed_by_the_platform_s_lead_less_jitter) {
    traits.refresh_lead = 10min;
    for (int i = 0; i < 200; ++i) {
        const auto at = *schedule.afterIssue(pair(2h), traits);
        BOOST_TEST((at <= now + 2h - 10min));
        BOOST_TEST((at > now + 2h - 10min - 12min));
    }
}

BOOST_AUTO_TEST_CASE(a_token_of_seconds_keeps_four_fifths_less_jitter) {
    traits.refresh_lead = 10min;
    for (int i = 0; i < 200; ++i) {
        const auto at = *schedule.afterIssue(pair(5s), traits);
        BOOST_TEST((at <= now + 4s));
        BOOST_TEST((at >= now + 3500ms));
    }
}

BOOST_AUTO_TEST_CASE(many_tokens_issued_at_once_are_not_due_at_once) {
    std::set<TimePoint> times;
    for (int i = 0; i < 100; ++i) times.insert(*schedule.afterIssue(pair(2h), traits));
    BOOST_TEST(times.size() > 90u);
}

BOOST_AUTO_TEST_CASE(the_earliest_refresh_time_holds) {
    auto tokens = pair(48h);
    traits.refresh_lead = 30 * 24h;
    tokens.earliest_refresh_at = now + 47h;
    BOOST_TEST((*schedule.afterIssue(tokens, traits) == now + 47h));
}

BOOST_AUTO_TEST_CASE(a_token_without_refresh_is_looked_at_when_it_ends) {
    BOOST_TEST((*schedule.afterIssue(pair(24h, false), traits) == now + 24h));
    auto endless = pair(1h);
    endless.access_expires_at.reset();
    BOOST_TEST(!schedule.afterIssue(endless, traits).has_value());
}

BOOST_AUTO_TEST_CASE(failures_back_off_to_the_cap_and_obey_retry_after) {
    for (std::int64_t failures = 1; failures < 80; ++failures) {
        const auto at = schedule.afterFailure(now, failures, std::nullopt, std::nullopt);
        BOOST_TEST((at >= now + 500ms));
        BOOST_TEST((at <= now + policy.backoff_cap));
    }
    BOOST_TEST((schedule.afterFailure(now, 1, 120s, std::nullopt) >= now + 120s));
}

BOOST_AUTO_TEST_CASE(several_tries_fit_into_what_is_left_of_a_token) {
    for (int i = 0; i < 100; ++i)
        BOOST_TEST((schedule.afterFailure(now, 30, std::nullopt, now + 8s) <= now + 2s));
}

BOOST_AUTO_TEST_CASE(doubt_waits_where_the_old_token_may_be_spent) {
    const auto tokens = pair(2h);
    BOOST_TEST((schedule.afterDoubt(now, 1, sdk::Rotation::Strict, tokens) ==
                now + policy.doubt_quarantine));
    BOOST_TEST(
        (schedule.afterDoubt(now + 115min, 1, sdk::Rotation::Strict, tokens) == now + 2h - 2min));
    BOOST_TEST((schedule.afterDoubt(now, 1, sdk::Rotation::None, tokens) <= now + 5s));
}

BOOST_AUTO_TEST_CASE(the_horizon_is_the_grant_s_end) {
    auto tokens = pair(2h);
    BOOST_TEST(!reconnectBy(tokens).has_value());
    tokens.refresh_expires_at = now + 24h;
    BOOST_TEST((*reconnectBy(tokens) == now + 24h));
    BOOST_TEST((*reconnectBy(pair(2h, false)) == now + 2h));
}

BOOST_AUTO_TEST_SUITE_END()
