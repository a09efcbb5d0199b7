// Every kind of fault, before and after the change it may spoil.

#define BOOST_TEST_DYN_LINK
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "support.hpp"
#include "world/faults.hpp"

namespace postato::sandbox::testing {
namespace {

using std::chrono::steady_clock, std::chrono::milliseconds;

/// Kinds that answer with an HTTP response, and the status each has by itself.
const std::map<std::string, int> kAnswered = {
    {"status", 500},         {"html", 502},       {"empty", 200},
    {"redirect", 302},       {"huge", 200},       {"bad_utf8", 200},
    {"duplicate_keys", 200}, {"rate_limit", 429}, {"spurious_invalid_grant", 400},
    {"invalid_client", 401}, {"truncate", 200},   {"drip", 503},
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fault_tests, Fixture)

BOOST_AUTO_TEST_CASE(every_fault_before_the_change_leaves_the_token_alone) {
    const auto tokens = connect("twitter");
    for (const auto& item : kFaultNames) {
        const std::string kind(item.second);
        if (kind == "rotate_then_drop" || kind == "delay") continue;
        BOOST_TEST_CONTEXT(kind) {
            fault("twitter", "refresh", kind, {{"delayMs", 1}});
            const auto reply = refresh("twitter", tokens.refresh);
            const auto expected = kAnswered.find(kind);
            BOOST_TEST(reply.status == (expected == kAnswered.end() ? 0 : expected->second));
            BOOST_TEST(firstGrant("twitter")["rotations"] == 0);
        }
    }
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 200);
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 0);
}

BOOST_AUTO_TEST_CASE(every_fault_can_act_after_the_change) {
    int rotations = 0;
    for (const auto& item : kFaultNames) {
        const std::string kind(item.second);
        BOOST_TEST_CONTEXT(kind) {
            const auto tokens = connect("twitter");
            fault("twitter", "refresh", kind, {{"afterChange", true}, {"delayMs", 1}});
            refresh("twitter", tokens.refresh);
            BOOST_TEST(oracle("twitter")["grants"][rotations]["rotations"] == 1);
            ++rotations;
        }
    }
}

BOOST_AUTO_TEST_CASE(rotate_then_drop_rotates_and_says_nothing) {
    const auto tokens = connect("tiktok");
    fault("tiktok", "refresh", "rotate_then_drop");
    const auto reply = refresh("tiktok", tokens.refresh);
    BOOST_TEST(reply.status == 0);
    BOOST_TEST(reply.failure == "No message received");
    BOOST_TEST(firstGrant("tiktok")["rotations"] == 1);
    BOOST_TEST(refresh("tiktok", tokens.refresh).at("error") == "invalid_grant");
    BOOST_TEST(firstGrant("tiktok")["reuseAttempts"] == 1);
    BOOST_TEST(firstGrant("tiktok")["alive"] == true);
}

BOOST_AUTO_TEST_CASE(reset_resets_the_connection) {
    fault("twitter", "identity", "reset");
    const auto reply = identity("twitter", "x");
    BOOST_TEST(reply.status == 0);
    BOOST_TEST(reply.failure == "Connection reset by peer");
}

BOOST_AUTO_TEST_CASE(truncate_promises_more_than_it_sends) {
    const auto tokens = connect("twitter");
    fault("twitter", "refresh", "truncate", {{"afterChange", true}});
    const auto reply = refresh("twitter", tokens.refresh);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(!reply.complete);
    BOOST_TEST(reply.body.starts_with("{\"token_type\""));
    BOOST_TEST(!Json::accept(reply.body));
}

BOOST_AUTO_TEST_CASE(spoilt_bodies_are_spoilt_as_promised) {
    const auto spoilt = [this](const std::string& kind) {
        fault("youtube", "token", kind);
        return exchange("youtube", "x");
    };
    BOOST_TEST(spoilt("huge").body.size() > 10000000U);
    BOOST_TEST(!Json::accept(spoilt("bad_utf8").body));
    const auto twice = spoilt("duplicate_keys").body;
    BOOST_TEST(Json::accept(twice));
    BOOST_TEST(twice.find("access_token") != twice.rfind("access_token"));
    const auto html = spoilt("html");
    BOOST_TEST(html.header("Content-Type").starts_with("text/html"));
    BOOST_TEST(spoilt("empty").body.empty());
}

BOOST_AUTO_TEST_CASE(a_delay_holds_the_first_byte_back) {
    fault("youtube", "identity", "delay", {{"delayMs", 300}});
    const auto begin = steady_clock::now();
    BOOST_TEST(identity("youtube", connect("youtube").access).status == 200);
    BOOST_TEST((steady_clock::now() - begin >= milliseconds(300)));
}

BOOST_AUTO_TEST_CASE(a_delayed_call_whose_client_has_gone_changes_nothing) {
    const auto tokens = connect("twitter");
    fault("twitter", "refresh", "delay", {{"delayMs", 60000}});
    const Fields form = {{"grant_type", "refresh_token"},
                         {"client_id", "sandbox-twitter"},
                         {"refresh_token", tokens.refresh}};
    const auto reply = send(
        "POST", "/twitter/2/oauth2/token",
        {{"Content-Type", "application/x-www-form-urlencoded"},
         {"Authorization", basic("sandbox-twitter", secretOf("twitter"))}},
        "grant_type=refresh_token&client_id=sandbox-twitter&refresh_token=" + tokens.refresh, 200);
    BOOST_TEST(reply.failure == "Timeout");
    // The next call is answered at once and finds the token unspent.
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 200);
    BOOST_TEST(firstGrant("twitter")["rotations"] == 1);
}

BOOST_AUTO_TEST_CASE(a_drip_comes_byte_by_byte) {
    const auto tokens = connect("twitter");
    fault("twitter", "revoke", "drip", {{"afterChange", true}, {"delayMs", 10}});
    const auto begin = steady_clock::now();
    const auto reply = revoke("twitter", tokens.access);
    BOOST_TEST(reply.body == "{\"revoked\":true}");
    BOOST_TEST((steady_clock::now() - begin >= milliseconds(10 * 16)));
}

BOOST_AUTO_TEST_CASE(a_redirect_leads_to_the_trap_that_shows_who_followed) {
    fault("linkedin", "token", "redirect");
    const auto location = exchange("linkedin", "x").header("Location");
    const auto trap = "http://127.0.0.1:" + std::to_string(portOfServer()) + "/_sandbox/trap";
    BOOST_TEST(location == trap);
    BOOST_TEST(get("/_sandbox/journal", {{"endpoint", "trap"}}).json()["requests"].empty());
    BOOST_TEST(postForm("/_sandbox/trap", {{"client_secret", "leaked"}}).status == 200);
    const auto caught = get("/_sandbox/journal", {{"endpoint", "trap"}}).json()["requests"];
    BOOST_TEST_REQUIRE(caught.size() == 1U);
    BOOST_TEST(caught[0]["form"]["client_secret"].get<std::string>().starts_with("sha256:"));
    fault("linkedin", "token", "redirect",
          {{"status", 307}, {"headers", {{"Location", "http://localhost:1/"}}}});
    const auto chosen = exchange("linkedin", "x");
    BOOST_TEST(chosen.status == 307);
    BOOST_TEST(chosen.header("Location") == "http://localhost:1/");
}

BOOST_DATA_TEST_CASE(named_refusals_are_in_the_platforms_words,
                     boost::unit_test::data::make(kPlatforms), platform) {
    const Fields dead = {{"twitter", "invalid_request"}, {"linkedin", "invalid_request"},
                         {"instagram", "190"},           {"facebook", "190"},
                         {"tiktok", "invalid_grant"},    {"youtube", "invalid_grant"}};
    const Fields client = {{"twitter", "invalid_client"}, {"linkedin", "invalid_client"},
                           {"instagram", "101"},          {"facebook", "101"},
                           {"tiktok", "invalid_client"},  {"youtube", "invalid_client"}};
    const bool meta = platform == "instagram" || platform == "facebook";
    const auto tokens = connect(platform);
    const auto error = [&](const std::string& kind) {
        fault(platform, "refresh", kind);
        return refresh(platform, tokens.refresh).at(meta ? "error.code" : "error");
    };
    BOOST_TEST(error("spurious_invalid_grant") == dead.at(platform));
    BOOST_TEST(error("invalid_client") == client.at(platform));
    fault(platform, "refresh", "rate_limit");
    const auto limited = refresh(platform, tokens.refresh);
    BOOST_TEST(limited.status == (meta ? 400 : 429));
    fault(platform, "identity", "rate_limit");
    const auto api = identity(platform, tokens.access);
    BOOST_TEST(api.status == (meta ? 400 : platform == "youtube" ? 403 : 429));
    BOOST_TEST(firstGrant(platform)["alive"] == true);
}

BOOST_DATA_TEST_CASE(every_endpoint_of_every_platform_can_fail,
                     boost::unit_test::data::make(kPlatforms), platform) {
    const auto tokens = connect(platform);
    for (const auto* endpoint : {"token", "refresh", "identity", "revoke", "authorize"}) {
        fault(platform, endpoint, "status", {{"status", 503}});
    }
    BOOST_TEST(exchange(platform, "x").status == 503);
    BOOST_TEST(refresh(platform, tokens.refresh).status == 503);
    BOOST_TEST(identity(platform, tokens.access).status == 503);
    BOOST_TEST(revoke(platform, tokens.access).status == 503);
    BOOST_TEST(authorize(platform).status == 503);
    BOOST_TEST(identity(platform, tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(times_skip_and_order_are_kept) {
    fault("twitter", "identity", "status", {{"status", 501}, {"times", 2}, {"skip", 1}});
    fault("twitter", "identity", "status", {{"status", 502}});
    std::vector<int> seen;
    for (int i = 0; i < 5; ++i) seen.push_back(identity("twitter", "x").status);
    const std::vector<int> expected = {401, 501, 501, 502, 401};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(status_body_and_headers_can_be_given) {
    fault("twitter", "identity", "status",
          {{"status", 429}, {"body", {{"oh", "no"}}}, {"headers", {{"Retry-After", "7"}}}});
    const auto json = identity("twitter", "x");
    BOOST_TEST(json.status == 429);
    BOOST_TEST(json.at("oh") == "no");
    BOOST_TEST(json.header("Retry-After") == "7");
    fault("twitter", "identity", "status",
          {{"body", "plain"}, {"headers", {{"Content-Type", "text/plain"}}}});
    const auto text = identity("twitter", "x");
    BOOST_TEST(text.body == "plain");
    BOOST_TEST(text.header("Content-Type") == "text/plain");
}

BOOST_AUTO_TEST_CASE(faults_can_be_cleared_for_one_platform_or_all) {
    for (const auto* platform : {"twitter", "tiktok"}) {
        fault(platform, "identity", "status", {{"times", 100}});
    }
    send("DELETE", "/_sandbox/faults?platform=twitter");
    BOOST_TEST(identity("twitter", "x").status == 401);
    BOOST_TEST(identity("tiktok", "x").status == 500);
    send("DELETE", "/_sandbox/faults");
    BOOST_TEST(identity("tiktok", "x").status == 401);
}

BOOST_AUTO_TEST_CASE(the_journal_names_the_fault) {
    fault("twitter", "identity", "status");
    identity("twitter", "x");
    const auto entry = journal("twitter", "identity")[0];
    BOOST_TEST(entry["fault"] == "status");
    BOOST_TEST(entry["status"] == 500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
