#include "api/authentication.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

const std::string kHex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const std::vector<std::string> kMalformed = {
    "",
    "smcp_",
    "smcp_" + kHex.substr(1),
    "smcp_" + kHex + "0",
    "smcp_" + kHex.substr(1) + "g",
    "SMCP_" + kHex,
    "smcp-" + kHex,
    kHex,
    " smcp_" + kHex,
    "smcp_" + kHex + " ",
    "smcp_" + std::string(4096, 'a'),
    "smcp_' OR 1=1 --",
};

nlohmann::json withoutRequestId(const http::Response& response) {
    auto body = nlohmann::json::parse(response.body);
    body.erase("requestId");
    return body;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(authentication_tests, World)

BOOST_DATA_TEST_CASE_F(World, a_malformed_key_costs_no_query, kMalformed) {
    const auto before = database.statementsRun();
    const auto response = asKey(sample, "GET", "/v1/workspaces");
    BOOST_TEST(response.status == 401);
    BOOST_TEST(database.statementsRun() == before);
    BOOST_TEST(withoutRequestId(response)["error"] == "unauthorized");
}

BOOST_AUTO_TEST_CASE(wrong_keys_of_every_kind_look_alike) {
    const auto workspace = makeWorkspace("north");
    const auto revoked = keys.create(
        {.name = "old", .workspaces = {workspace}, .permissions = {"accounts.read"}}, kOperator);
    BOOST_TEST(keys.revoke(revoked.record.id, kOperator));
    const auto expired = keys.create({.name = "brief",
                                      .workspaces = {workspace},
                                      .permissions = {"accounts.read"},
                                      .expires_in = std::chrono::seconds(60)},
                                     kOperator);
    clock.advance(std::chrono::seconds(61));

    const auto unknown = asKey("smcp_" + kHex, "GET", "/v1/workspaces");
    BOOST_TEST(unknown.status == 401);
    for (const auto& key : {std::string(revoked.key.reveal()), std::string(expired.key.reveal()),
                            std::string("nonsense")}) {
        const auto response = asKey(key, "GET", "/v1/workspaces");
        BOOST_TEST(response.status == 401);
        BOOST_TEST(withoutRequestId(response) == withoutRequestId(unknown));
    }
}

BOOST_AUTO_TEST_CASE(a_revoked_key_ends_at_its_next_request) {
    const auto made = keys.create(
        {.name = "k", .all_workspaces = true, .permissions = {"accounts.read"}}, kOperator);
    const std::string key(made.key.reveal());
    BOOST_TEST(asKey(key, "GET", "/v1/workspaces").status == 200);
    BOOST_TEST(keys.revoke(made.record.id, kOperator));
    BOOST_TEST(asKey(key, "GET", "/v1/workspaces").status == 401);
}

BOOST_AUTO_TEST_CASE(a_key_in_the_address_is_refused_even_beside_a_good_one) {
    const auto key = makeKey({makeWorkspace("north")});
    for (const auto* name : {"api_key", "access_token"}) {
        const auto target = std::string("/v1/workspaces?") + name + "=" + key;
        BOOST_TEST(send({"GET", target, "", {}}).status == 401);
        BOOST_TEST(asKey(key, "GET", target).status == 401);
    }
}

BOOST_AUTO_TEST_CASE(only_the_bearer_scheme_carries_a_key) {
    const auto key = makeKey({makeWorkspace("north")});
    const auto by = [&](const std::string& authorization) {
        return send({"GET", "/v1/workspaces", "", {{"authorization", authorization}}}).status;
    };
    BOOST_TEST(by("Bearer " + key) == 200);
    BOOST_TEST(by("bearer " + key) == 200);
    for (const auto& other : {key, "Basic " + key, "Bearer" + key, "Bearer  " + key})
        BOOST_TEST(by(other) == 401, other);
}

BOOST_AUTO_TEST_CASE(wrong_keys_are_throttled_and_good_ones_never_are) {
    const auto key = makeKey({makeWorkspace("north")});
    for (int i = 0; i < services.options.wrong_keys_per_minute; ++i)
        BOOST_TEST(asKey("smcp_" + kHex, "GET", "/v1/workspaces").status == 401);
    const auto response = asKey("smcp_" + kHex, "GET", "/v1/workspaces");
    BOOST_TEST(response.status == 429);
    BOOST_TEST(!headerOf(response, "retry-after").empty());
    BOOST_TEST(asKey(key, "GET", "/v1/workspaces").status == 200);
}

BOOST_AUTO_TEST_CASE(a_session_token_that_cannot_be_one_costs_no_query) {
    for (const auto* token : {"x", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"}) {
        const auto before = database.statementsRun();
        const auto response = send(
            {"GET", "/session", "", {{"cookie", std::string("__Host-postato_session=") + token}}});
        BOOST_TEST(response.status == 401);
        BOOST_TEST(database.statementsRun() == before);
    }
}

BOOST_AUTO_TEST_SUITE_END()
