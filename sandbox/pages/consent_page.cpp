#include "pages/pages.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

std::string channelChoice(const PlatformFacts& facts, const Person& person) {
    if (person.channels.size() < 2) return "";
    std::string out =
        "<fieldset class=\"channels\" data-channels-of=\"" + person.id + "\"><legend>";
    out += "Which " + facts.channel_word + "?</legend>";
    for (const auto& channel : person.channels) {
        const auto id = escapeHtml(channel.id);
        out += "<label><input type=\"checkbox\" name=\"channel\" value=\"" + id +
               "\" data-channel=\"" + id + "\" checked> " + escapeHtml(channel.title) + "</label>";
    }
    return out + "</fieldset>";
}

std::string personCard(const PlatformFacts& facts, const Person& person, bool checked) {
    std::string out = "<div class=\"person\"><label class=\"card\" data-person=\"" + person.id;
    out += "\"><input type=\"radio\" name=\"person\" value=\"" + person.id + "\" required";
    out += checked ? " checked>" : ">";
    out += "<span class=\"avatar\" aria-hidden=\"true\">" + escapeHtml(initials(person.name));
    out += "</span><span>" + escapeHtml(person.name) + "<small>@" + escapeHtml(person.handle);
    out += "</small></span></label>" + channelChoice(facts, person) + "</div>\n";
    return out;
}

std::string wordsFor(const PlatformFacts& facts, const std::string& wire) {
    for (const auto& scope : facts.scopes) {
        if (scope.wire == wire) return scope.words;
    }
    return wire;
}

std::string scopeList(const PlatformFacts& facts, const std::vector<std::string>& scopes) {
    std::string out;
    for (const auto& scope : scopes) {
        const auto wire = escapeHtml(scope);
        const auto words =
            "<span>" + escapeHtml(wordsFor(facts, scope)) + " <code>" + wire + "</code></span>";
        if (facts.scopes_can_be_unticked) {
            out += "<label class=\"scope\"><input type=\"checkbox\" name=\"scope\" value=\"" +
                   wire + "\" data-scope=\"" + wire + "\" checked>" + words + "</label>\n";
        } else {
            out += "<li data-scope=\"" + wire + "\">" + words + "</li>\n";
        }
    }
    if (!facts.scopes_can_be_unticked) out = "<ul class=\"scopes\">" + out + "</ul>";
    return out;
}

}  // namespace

std::string consentPage(const PlatformFacts& facts, const AuthorizationRequest& request,
                        const std::vector<Person>& people, std::string_view ticket,
                        std::string_view notice) {
    const auto app = escapeHtml(request.client_id);
    std::string body = "<main data-testid=\"consent\"><h1>The app \u201c" + app +
                       "\u201d wants to use your " + escapeHtml(facts.name) + " account</h1>\n";
    body += "<p class=\"hint\">Nobody here is real, and nothing leaves this machine.</p>\n";
    if (!notice.empty()) {
        body += "<p class=\"notice\" role=\"alert\">" + escapeHtml(notice) + "</p>\n";
    }
    body += "<form method=\"post\" action=\"/_sandbox/authorizations/" + std::string(ticket) +
            "\">\n<fieldset id=\"people\"><legend>Continue as</legend>\n";
    for (const auto& person : people) {
        body += personCard(facts, person, &person == &people.front());
    }
    body += "</fieldset>\n<fieldset id=\"scopes\"><legend>The app will be able to</legend>\n";
    body += scopeList(facts, request.scopes);
    body +=
        "</fieldset>\n<div class=\"actions\">"
        "<button id=\"allow\" name=\"decision\" value=\"approve\">Allow</button>"
        "<button id=\"deny\" name=\"decision\" value=\"deny\">Deny</button>";
    if (facts.id == "linkedin") {
        // LinkedIn tells an app whether the person left at the sign-in or at the consent.
        body +=
            "<button id=\"cancel-login\" name=\"decision\" value=\"cancel_login\">"
            "Cancel sign-in</button>";
    }
    body += "</div>\n<p class=\"hint\">Afterwards you go back to <code>" +
            escapeHtml(request.redirect_uri) + "</code></p>\n</form></main>";
    return page("Allow access · " + facts.name + " sandbox", facts.name, facts.colour, body);
}

}  // namespace postato::sandbox
