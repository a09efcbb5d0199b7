#include <array>
#include <utility>

#include "pages/pages.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

// clang-format off
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kCalls{{
    {"GET /_sandbox/people?platform=P", "the pretend people"},
    {"POST /_sandbox/consent", "answer the next authorization page: {platform, person, decision, scopes?, channels?, error?, errorDescription?, state?}"},
    {"DELETE /_sandbox/consent", "forget the answers that wait"},
    {"POST /_sandbox/lifetimes", "seconds the next tokens and codes live: {platform, access?, refresh?, code?}"},
    {"POST /_sandbox/faults", "let calls go wrong: {platform, endpoint, kind, times?, skip?, afterChange?, delayMs?, status?, body?, headers?}"},
    {"DELETE /_sandbox/faults", "disarm them"},
    {"GET /_sandbox/switches?platform=P", "every switch with its value and meaning"},
    {"POST /_sandbox/switches", "set them: {platform, name: value, ...}"},
    {"POST /_sandbox/people/{id}/revoke", "the person removes the app: {platform, clientId?}"},
    {"POST /_sandbox/people/{id}/events", "{platform, event, scope?}: password_changed, suspended, reinstated, scope_withdrawn, app_disabled, ..."},
    {"GET /_sandbox/oracle?platform=P", "the truth: grants, requests, published"},
    {"GET /_sandbox/journal?platform=P&endpoint=E", "requests received, secrets as hashes"},
    {"POST /_sandbox/barrier", "hold the next calls: {platform, endpoint, times?, afterChange?}"},
    {"GET /_sandbox/barrier", "who is held"},
    {"DELETE /_sandbox/barrier?platform=P&count=N", "let them go"},
    {"POST /_sandbox/clients", "register an app: {platform, clientId, clientSecret, redirectUris?, public?, disabled?}"},
    {"GET /_sandbox/clients", "the registered apps, without secrets"},
    {"POST /_sandbox/clock", "move the time: {advanceSeconds}"},
    {"POST /_sandbox/reset", "a clean slate"},
    {"GET /_sandbox/health", "whether the sandbox is up"},
}};
// clang-format on

}  // namespace

std::string indexPage(std::string_view origin) {
    std::string body =
        "<main class=\"wide\"><h1>Six pretend platforms</h1>\n<p>X, LinkedIn, Instagram, Facebook, "
        "TikTok and YouTube live here under <code>/twitter</code>, <code>/linkedin</code>, "
        "<code>/instagram</code>, <code>/facebook</code>, <code>/tiktok</code> and "
        "<code>/youtube</code>, each with the paths of the real one behind. The app "
        "<code>sandbox-twitter</code> with the secret <code>sandbox-twitter-secret</code> (and "
        "likewise for the others) may send people back to any http address of this machine.</p>\n"
        "<h2>Calls</h2>\n<table><tr><th>Call</th><th>Does</th></tr>\n";
    for (const auto& [call, does] : kCalls) {
        body += "<tr><td><code>" + escapeHtml(call) + "</code></td><td>" + escapeHtml(does) +
                "</td></tr>\n";
    }
    body += "</table>\n<h2>Try it</h2>\n<pre>curl -s " + escapeHtml(origin) +
            "/_sandbox/people?platform=twitter\ncurl -s -X POST " + escapeHtml(origin) +
            "/_sandbox/faults -d '{\"platform\": \"twitter\", \"endpoint\": \"refresh\", "
            "\"kind\": \"status\", \"status\": 503}'</pre></main>";
    return page("Postato sandbox", "Postato", "#444950", body);
}

}  // namespace postato::sandbox
