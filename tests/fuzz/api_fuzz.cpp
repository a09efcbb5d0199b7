/// \file
/// The bytes of a request through the whole service, callbacks of a connect included: an answer for
/// everything, never 500, never a word of what another tenant or the platform's tokens hold.
///
/// In the input KEY, WORKSPACE, ACCOUNT, STATE, COOKIES and CSRF stand for real ones.

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "http/request_parser.hpp"
#include "unit/api/world.hpp"

using namespace postato;
using api::testing::World;
using fuzz::require;

namespace {

constexpr std::string_view kForeign = "Foreign-canary";

struct Service {
    World world;
    std::vector<std::pair<std::string, std::string>> words;

    Service() {
        const auto workspace = world.makeWorkspace("Ours");
        world.makeWorkspace(std::string(kForeign));
        auto browser = world.signIn("a@example.com", "member", {{workspace, "admin"}});
        const auto account = connected(browser, workspace.str());
        words = {{"KEY", world.makeKey({workspace})},
                 {"WORKSPACE", workspace.str()},
                 {"ACCOUNT", account},
                 {"STATE", begun(browser, workspace.str())},
                 {"COOKIES", browser.cookieHeader()},
                 {"CSRF", browser.csrf_token}};
    }

    std::string begun(api::testing::Browser& browser, const std::string& workspace) {
        const auto started = world.asPage(browser, "POST", "/connect/fakebook/start",
                                          R"({"workspaceId":")" + workspace + "\"}");
        require(started.status == 200);
        return api::testing::parameterOf(nlohmann::json::parse(started.body)["url"], "state");
    }

    std::string connected(api::testing::Browser& browser, const std::string& workspace) {
        const auto answer = world.visit(
            browser, "/connect/fakebook/callback?code=ann&state=" + begun(browser, workspace));
        require(answer.status == 303);
        return api::testing::parameterOf(api::testing::headerOf(answer, "location"), "connected");
    }

    std::string filledIn(std::string text) const {
        for (const auto& [word, value] : words)
            for (auto at = text.find(word); at != std::string::npos;
                 at = text.find(word, at + value.size()))
                text.replace(at, word.size(), value);
        return text;
    }
};

void check(const http::Request& request, const http::Response& response) {
    require(response.status >= 200 && response.status <= 599 && response.status != 500);
    require(response.body.find(kForeign) == std::string::npos);
    require(response.body.find("canary-token-") == std::string::npos);
    for (const auto& [name, value] : response.headers())
        require(value.find("canary-token-") == std::string::npos);
    if (!request.path.starts_with("/v1/") || response.body.empty()) return;
    const auto body = nlohmann::json::parse(response.body);
    require(body.is_object() && (response.status < 400 || body.contains("error")));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Service service;
    auto bytes = service.filledIn(std::string(fuzz::textOf(data, size)));
    http::RequestParser parser;
    using Progress = http::RequestParser::Progress;
    if (parser.advance(bytes) != Progress::HeadDone || !parser.limitBody(1 << 20)) return 0;
    if (parser.advance(bytes) != Progress::Complete) return 0;
    auto request = parser.take();
    request.client_network = "192.0.2.1";
    request.id = "req_fuzz";
    // Hashing a password takes as long as ten thousand other requests.
    if (request.path == "/session" && request.method == "POST") return 0;
    if (request.path == "/session/password") return 0;
    check(request, service.world.dispatcher.dispatch(request));
    return 0;
}
