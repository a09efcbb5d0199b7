#include "api/connect_pages.hpp"

#include "accounts/platform_gateway.hpp"
#include "api/connect_wording.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"
#include "http/html.hpp"

namespace postato::api {
namespace {

using http::escapeHtml;
using http::Response;

constexpr std::string_view kToAccounts =
    "<p><a class=\"button\" href=\"/accounts\">Go to Accounts</a></p>\n";

std::string heading(std::string_view text) { return "<h1>" + escapeHtml(text) + "</h1>\n"; }
std::string paragraph(std::string_view text) { return "<p>" + escapeHtml(text) + "</p>\n"; }
std::string note(std::string_view text) {
    return "<p class=\"note\">" + escapeHtml(text) + "</p>\n";
}
std::string hidden(std::string_view name, std::string_view value) {
    return "<input type=\"hidden\" name=\"" + escapeHtml(name) + "\" value=\"" + escapeHtml(value) +
           "\">\n";
}
std::string link(std::string_view href, std::string_view text) {
    return "<p><a class=\"button primary\" href=\"" + escapeHtml(href) + "\">" + escapeHtml(text) +
           "</a></p>\n";
}
std::string opening(std::string_view action) {
    return "<form method=\"post\" action=\"" + escapeHtml(action) + "\">\n";
}
std::string button(std::string_view text) {
    return "<button class=\"primary\">" + escapeHtml(text) + "</button>\n";
}

Response render(const Services& services, int status, std::string_view title,
                const std::string& body, const http::PagePolicy& policy = {}) {
    auto response = Response::html(status, http::page(title, body));
    services.securityHeaders().applyToPage(response, policy);
    return response;
}

/// For pages with a form: it is checked by its Origin, and its answer may lead to `origins`.
http::PagePolicy formPolicy(std::vector<std::string> origins) {
    return {std::move(origins), "same-origin"};
}

std::string logOutHint(std::string_view platform_name) {
    const std::string name(platform_name);
    return note("This connects whoever is signed in at " + name +
                " in this browser. For another account, log out there first.");
}

std::string codeLine(std::string_view code) {
    return "<p class=\"muted small\">Code: <code data-testid=\"connect-code\">" + escapeHtml(code) +
           "</code></p>\n";
}

/// Of a result that is final and not success.
std::string whatNext(const accounts::ConnectResult& result, bool retry) {
    if (result.from_link)
        return retry ? note("The link you came with is used up. Ask for a new one to try again.")
                     : "";
    std::string next;
    QueryPairs workspace;
    if (result.workspace) workspace.emplace_back("workspace", result.workspace->str());
    if (retry && result.workspace)
        next += link(withQuery("/connect/" + result.platform + "/start",
                               {{"workspaceId", result.workspace->str()}}),
                     "Try again");
    return next + "<p><a class=\"button\" href=\"" + escapeHtml(withQuery("/accounts", workspace)) +
           "\">Go to Accounts</a></p>\n";
}

std::string choiceRow(const accounts::ConnectChoice& choice, bool checked) {
    std::string row = "<li><label><input type=\"checkbox\" name=\"identity\" value=\"" +
                      escapeHtml(choice.id) + "\"" + (checked ? " checked" : "") + ">\n<span>" +
                      escapeHtml(choice.name);
    if (!choice.kind.empty())
        row += " <span class=\"muted small\">" + escapeHtml(choice.kind) + "</span>";
    if (choice.already_connected)
        row += " <span class=\"muted small\">connected already, will be renewed</span>";
    return row + "</span></label></li>\n";
}

}  // namespace

std::string platformName(const Services& services, std::string_view platform) {
    const auto* entry = services.platforms.registry.find(platform);
    return entry == nullptr ? "the platform" : entry->display_name;
}

Response startPage(const Services& services, const StartQuestion& question) {
    const std::string title =
        "Connect " + question.platform_name + " to " + question.workspace_name + "?";
    std::string body =
        heading(title) + paragraph("You are asked for consent at " + question.platform_name +
                                   ", then brought back here.");
    if (!question.forces_account_choice) body += logOutHint(question.platform_name);
    body += opening("/connect/" + question.platform + "/start") +
            hidden("csrf", question.csrf_token) + hidden("workspaceId", question.workspace_id);
    if (!question.account_id.empty()) body += hidden("accountId", question.account_id);
    if (!question.return_to.empty()) body += hidden("returnTo", question.return_to);
    body += button("Continue to " + question.platform_name) + "</form>\n";
    return render(services, 200, title, body + std::string(kToAccounts),
                  formPolicy({question.authorization_origin}));
}

Response resultPage(const Services& services, const accounts::ConnectResult& result) {
    using State = accounts::ConnectResult::State;
    const auto name = platformName(services, result.platform);
    if (result.state == State::InProgress) {
        auto response =
            render(services, 200, "Connecting",
                   heading("Connecting " + name) +
                       paragraph("This takes a few seconds. The page goes on by itself."));
        response.setHeader("refresh", "1");
        return response;
    }
    if (result.state == State::Connected)
        return render(services, 200, "Connected",
                      heading(name + " is connected") + paragraph("You can close this page."));
    const auto& wording = connectWording(result.code);
    const auto title = withPlatform(wording.heading, name);
    std::string body = heading(title) + paragraph(withPlatform(wording.text, name));
    if (!wording.detail.empty() && !result.detail.empty())
        body += note(std::string(wording.detail) + result.detail);
    body += whatNext(result, wording.retry) + codeLine(result.code);
    return render(services, wording.status, title, body);
}

Response refusedPage(const Services& services, std::string_view platform, std::string_view code) {
    const auto& wording = connectWording(code);
    const auto name = platformName(services, platform);
    const auto title = withPlatform(wording.heading, name);
    auto body = heading(title) + paragraph(withPlatform(wording.text, name));
    if (code == "sign_in_required")
        body += link("/sign-in", "Sign in");
    else
        body += kToAccounts;
    return render(services, wording.status, title, body + codeLine(code));
}

Response choicePage(const Services& services, const ChoiceQuestion& question) {
    const auto& choices = question.choices;
    const bool one = choices.size() == 1;
    const std::string title =
        one ? "Connect " + choices.front().name + " to workspace " + question.workspace_name + "?"
            : "What should be connected to workspace " + question.workspace_name + "?";
    std::string body = heading(title);
    if (question.nothing_chosen)
        body += "<p class=\"error\" role=\"alert\">Choose at least one, or connect nothing.</p>\n";
    body += opening("/connect/" + question.platform + "/choose") +
            hidden("connection", question.connection) + hidden("csrf", question.csrf_token) +
            "<ul class=\"choices\">\n";
    for (const auto& choice : choices) body += choiceRow(choice, one);
    body +=
        "</ul>\n"
        "<button class=\"primary\" name=\"decision\" value=\"connect\">Connect</button>\n"
        "<button name=\"decision\" value=\"cancel\">Connect nothing</button>\n"
        "</form>\n";
    body += paragraph("Nothing is connected before you confirm.");
    return render(services, question.nothing_chosen ? 400 : 200, title, body,
                  formPolicy(question.form_action_origins));
}

Response invitationPage(const Services& services, const std::string& secret,
                        const accounts::ConnectInvitation& invitation,
                        const std::string& authorization_origin) {
    const auto& name = invitation.platform_name;
    const std::string title = (invitation.reconnect_handle ? "Reconnect " : "Connect ") +
                              invitation.reconnect_handle.value_or(name) + " to " +
                              invitation.workspace_name + "?";
    std::string body =
        heading(title) +
        paragraph("The workspace " + invitation.workspace_name +
                  " asks you to connect your account at " + name + ". It wants to:") +
        "<ul>\n";
    for (const auto& meaning : invitation.scope_meanings)
        body += "<li>" + escapeHtml(meaning) + "</li>\n";
    body += "</ul>\n";
    if (!invitation.forces_account_choice) body += logOutHint(name);
    body +=
        opening("/connect/links/" + secret) + button("Continue to " + name) + "</form>\n" +
        paragraph("You decide at " + name + ", and once more here before anything is connected.");
    return render(services, 200, title, body, formPolicy({authorization_origin}));
}

Response closedInvitationPage(const Services& services, accounts::ConnectInvitation::State state) {
    using State = accounts::ConnectInvitation::State;
    if (state == State::Unknown)
        return render(services, 404, "Unknown link",
                      heading("This link is not known") +
                          paragraph("Open it exactly as you got it, or ask for a new one."));
    const bool used = state == State::Used;
    return render(services, 410, "Link closed",
                  heading(used ? "This link was used already" : "This link is too old") +
                      paragraph(used ? "A link works once. Ask for a new one to connect again."
                                     : "Ask for a new one."));
}

Response failurePage(const Services& services, int status) {
    const auto page = [&](std::string_view title, std::string_view text) {
        return render(services, status, title,
                      heading(title) + paragraph(text) + std::string(kToAccounts));
    };
    if (status == 403)
        return page("Not allowed",
                    "This cannot be done from here, or not by you. Begin again on the "
                    "Accounts page.");
    if (status == 404) return page("Not found", "There is nothing here that you can see.");
    if (status < 500) return page("Not understood", "The request is not complete. Begin again.");
    return page(
        "Something went wrong",
        "Postato or the platform cannot do this at the moment. Try again in a few minutes.");
}

}  // namespace postato::api
