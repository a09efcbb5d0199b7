#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "platforms/platform.hpp"
#include "support.hpp"
#include "wire/encoding.hpp"
#include "world/faults.hpp"

namespace postato::sandbox::testing {

BOOST_FIXTURE_TEST_SUITE(control_api_tests, Fixture)

BOOST_AUTO_TEST_CASE(a_bad_call_is_400_with_a_sentence) {
    const std::vector<std::pair<std::string, Json>> bad = {
        {"consent", Json::object()},
        {"consent", {{"platform", "myspace"}, {"person", "ada"}, {"decision", "approve"}}},
        {"consent", {{"platform", "twitter"}, {"person", "nobody"}, {"decision", "approve"}}},
        {"consent", {{"platform", "twitter"}, {"decision", "approve"}}},
        {"consent", {{"platform", "twitter"}, {"person", "ada"}, {"decision", "maybe"}}},
        {"consent",
         {{"platform", "twitter"}, {"person", "ada"}, {"decision", "approve"}, {"scope", "x"}}},
        {"consent",
         {{"platform", "twitter"},
          {"person", "ada"},
          {"decision", "approve"},
          {"scopes", {"no.such.scope"}}}},
        {"consent",
         {{"platform", "youtube"},
          {"person", "ada"},
          {"decision", "approve"},
          {"channels", {"UCnot-hers"}}}},
        {"consent",
         {{"platform", "twitter"},
          {"person", "ada"},
          {"decision", "approve"},
          {"error", "access_denied"}}},
        {"consent",
         {{"platform", "twitter"}, {"person", "ada"}, {"decision", "deny"}, {"state", "lose"}}},
        {"lifetimes", {{"platform", "twitter"}, {"acess", 3}}},
        {"lifetimes", {{"platform", "twitter"}, {"access", "3"}}},
        {"lifetimes", {{"platform", "twitter"}, {"access", -1}}},
        {"faults", {{"platform", "twitter"}, {"endpoint", "token"}, {"kind", "gremlin"}}},
        {"faults", {{"platform", "twitter"}, {"endpoint", "tokens"}, {"kind", "status"}}},
        {"faults",
         {{"platform", "twitter"}, {"endpoint", "token"}, {"kind", "status"}, {"times", 0}}},
        {"faults",
         {{"platform", "twitter"}, {"endpoint", "token"}, {"kind", "status"}, {"status", 99}}},
        {"faults",
         {{"platform", "twitter"},
          {"endpoint", "token"},
          {"kind", "status"},
          {"headers", {{"X", "a\r\nb"}}}}},
        {"switches", {{"platform", "twitter"}, {"noSuchSwitch", true}}},
        {"switches", {{"platform", "twitter"}, {"reuseKillsGrant", "yes"}}},
        {"switches", {{"platform", "twitter"}, {"rotation", "same"}}},
        {"switches", {{"platform", "twitter"}, {"graceSeconds", -5}}},
        {"switches", {{"platform", "twitter"}, {"omitFields", "scope"}}},
        {"people/nobody/revoke", {{"platform", "twitter"}}},
        {"people/ada/events", {{"platform", "twitter"}, {"event", "married"}}},
        {"people/ada/events", {{"platform", "twitter"}, {"event", "scope_withdrawn"}}},
        {"clients", {{"platform", "twitter"}, {"clientId", "x"}}},
        {"clock", Json::object()},
        {"clock", {{"advanceSeconds", 1.5}}},
        {"barrier", {{"platform", "twitter"}}},
        {"reset", {{"everything", true}}},
    };
    for (const auto& [call, body] : bad) {
        BOOST_TEST_CONTEXT(call << " " << body.dump()) {
            const auto reply = tryControl(call, body);
            BOOST_TEST(reply.status == 400);
            BOOST_TEST(reply.at("error").size() > 10U);
        }
    }
    BOOST_TEST(send("POST", "/_sandbox/reset", {}, "[1]").status == 400);
    BOOST_TEST(send("POST", "/_sandbox/reset", {}, "{").status == 400);
    BOOST_TEST(get("/_sandbox/oracle").status == 400);
    BOOST_TEST(get("/_sandbox/oracle", {{"platform", "myspace"}}).status == 400);
    BOOST_TEST(get("/_sandbox/nothing").status == 404);
    BOOST_TEST(get("/_sandbox/reset").status == 405);
    BOOST_TEST(send("DELETE", "/_sandbox/barrier?count=few").status == 400);
}

BOOST_AUTO_TEST_CASE(a_refused_call_changes_nothing) {
    BOOST_TEST(tryControl("switches", {{"platform", "twitter"},
                                       {"deadTokenError", "invalid_grant"},
                                       {"noSuchSwitch", true}})
                   .status == 400);
    BOOST_TEST(refresh("twitter", "x").at("error") == "invalid_request");
    tryControl("lifetimes", {{"platform", "twitter"}, {"access", 3}, {"typo", 1}});
    BOOST_TEST(connect("twitter").body["expires_in"] == 7200);
}

BOOST_AUTO_TEST_CASE(a_body_needs_no_content_type) {
    BOOST_TEST(send("POST", "/_sandbox/clock", {}, "{\"advanceSeconds\": 1}").status == 200);
}

BOOST_AUTO_TEST_CASE(the_oracle_has_the_promised_shape) {
    connect("twitter");
    const auto truth = oracle("twitter");
    std::vector<std::string> names;
    for (const auto& item : truth.items()) names.push_back(item.key());
    BOOST_TEST(names == (std::vector<std::string>{"grants", "requests", "published"}),
               boost::test_tools::per_element());
    BOOST_TEST(truth["published"].is_array());
    names.clear();
    for (const auto& item : truth["grants"][0].items()) names.push_back(item.key());
    BOOST_TEST(names == (std::vector<std::string>{"personId", "alive", "generation", "rotations",
                                                  "reuseAttempts", "scopes"}),
               boost::test_tools::per_element());
    BOOST_TEST(truth["requests"].dump() ==
               R"({"token":1,"refresh":0,"revoke":0,"identity":0,"publish":0})");
}

BOOST_AUTO_TEST_CASE(failed_calls_count_as_requests) {
    refresh("twitter", "unknown");
    fault("twitter", "refresh", "reset");
    refresh("twitter", "unknown");
    BOOST_TEST(oracle("twitter")["requests"]["refresh"] == 2);
}

BOOST_AUTO_TEST_CASE(reset_is_a_clean_slate) {
    connect("twitter");
    turn("twitter", "deadTokenError", "invalid_grant");
    fault("twitter", "refresh", "status", {{"times", 9}});
    control("lifetimes", {{"platform", "twitter"}, {"access", 1}});
    control("consent", {{"platform", "twitter"}, {"person", "ada"}, {"decision", "approve"}});
    control("clients", {{"platform", "twitter"}, {"clientId", "x"}, {"clientSecret", "y"}});
    event("twitter", "ada", "suspended");
    advance(1000000);
    control("reset", Json::object());
    BOOST_TEST(oracle("twitter")["grants"].empty());
    BOOST_TEST(oracle("twitter")["requests"]["token"] == 0);
    BOOST_TEST(journal("twitter").empty());
    BOOST_TEST(refresh("twitter", "x").at("error") == "invalid_request");
    BOOST_TEST(authorize("twitter").status == 200);  // a page: no answer waits
    BOOST_TEST(authorize("twitter", {{"client_id", "x"}}).status == 400);
    BOOST_TEST(connect("twitter").body["expires_in"] == 7200);
    const auto now = get("/_sandbox/clock").json()["now"].get<std::int64_t>();
    advance(10);
    BOOST_TEST(get("/_sandbox/clock").json()["now"].get<std::int64_t>() >= now + 10000);
}

BOOST_AUTO_TEST_CASE(answers_queue_up_and_can_be_forgotten) {
    for (const auto* person : {"ada", "ben"}) {
        control("consent", {{"platform", "twitter"}, {"person", person}, {"decision", "approve"}});
    }
    for (int i = 0; i < 2; ++i) {
        const auto callback = parseCallback(authorize("twitter").header("Location"));
        exchange("twitter", callback.get("code"));
    }
    const auto grants = oracle("twitter")["grants"];
    BOOST_TEST(grants[0]["personId"] == "ada");
    BOOST_TEST(grants[1]["personId"] == "ben");
    control("consent", {{"platform", "twitter"}, {"person", "ada"}, {"decision", "approve"}});
    send("DELETE", "/_sandbox/consent?platform=tiktok");
    send("DELETE", "/_sandbox/consent?platform=twitter");
    BOOST_TEST(authorize("twitter").status == 200);
}

BOOST_AUTO_TEST_CASE(registered_clients_are_listed_without_secrets) {
    control("clients", {{"platform", "youtube"},
                        {"clientId", "mine"},
                        {"clientSecret", "do-not-show"},
                        {"redirectUris", {"https://app.example/cb"}}});
    const auto reply = get("/_sandbox/clients", {{"platform", "youtube"}});
    BOOST_TEST(reply.json()["clients"].size() == 2U);
    BOOST_TEST(reply.body.find("do-not-show") == std::string::npos);
    BOOST_TEST(reply.body.find(secretOf("youtube")) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(google_takes_http_only_for_localhost_when_strict) {
    turn("youtube", "strictRedirect", true);
    const auto status = [this](const std::string& uri) {
        control("clients", {{"platform", "youtube"},
                            {"clientId", "mine"},
                            {"clientSecret", "s"},
                            {"redirectUris", {uri}}});
        return authorize("youtube", {{"client_id", "mine"}, {"redirect_uri", uri}}).status;
    };
    BOOST_TEST(status("https://app.example/cb") == 200);
    BOOST_TEST(status("http://localhost:8080/cb") == 200);
    BOOST_TEST(status("http://127.0.0.1:8080/cb") == 400);
    BOOST_TEST(status("https://192.0.2.1/cb") == 400);
    BOOST_TEST(status("http://app.example/cb") == 400);
}

BOOST_AUTO_TEST_CASE(index_and_health_answer) {
    const auto index = get("/_sandbox");
    BOOST_TEST(index.status == 200);
    BOOST_TEST(index.body.find("/_sandbox/oracle") != std::string::npos);
    BOOST_TEST(get("/").header("Location") == "/_sandbox");
    BOOST_TEST(get("/_sandbox/health").at("status") == "ok");
    BOOST_TEST(get("/myspace/oauth").status == 404);
}

BOOST_AUTO_TEST_CASE(the_readme_names_every_switch_and_every_fault) {
    std::ifstream file(SANDBOX_README);
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    BOOST_TEST_REQUIRE(!readme.empty());
    const auto expect = [&](const std::string& name) {
        BOOST_TEST(readme.find("`" + name + "`") != std::string::npos, name << " is missing");
    };
    for (const auto& definition : commonSwitches()) expect(definition.name);
    for (const auto& facts : allPlatformFacts()) {
        for (const auto& definition : facts.switches) expect(definition.name);
    }
    for (const auto& item : kFaultNames) expect(std::string(item.second));
}

BOOST_AUTO_TEST_CASE(switches_describe_themselves) {
    turn("twitter", "rotation", "grace");
    const auto all = get("/_sandbox/switches", {{"platform", "twitter"}}).json()["switches"];
    BOOST_TEST(all["rotation"]["value"] == "grace");
    BOOST_TEST(all["rotation"]["default"] == "strict");
    BOOST_TEST(all["rotation"]["choices"].size() == 2U);
    BOOST_TEST(all["strictRedirect"]["value"] == false);
    turn("twitter", "rotation", nullptr);
    BOOST_TEST(get("/_sandbox/switches", {{"platform", "twitter"}})
                   .json()["switches"]["rotation"]["value"] == "strict");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
