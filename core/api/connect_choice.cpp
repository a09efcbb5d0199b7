#include "accounts/connection_service.hpp"
#include "api/connect_flow.hpp"
#include "api/connect_pages.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"
#include "api/workspace_names.hpp"
#include "crypto/hashing.hpp"
#include "util/encoding.hpp"

namespace postato::api {
namespace {

using http::Response;
using State = accounts::ConnectResult::State;

/// Only a page that was rendered for this browser can know it.
std::string choiceToken(const std::string& browser_secret) {
    return toBase64Url(crypto::hmacSha256(browser_secret, "postato connect choice"));
}

Response ask(const accounts::ConnectAsk& question, const accounts::ConnectResult& result,
             bool nothing_chosen, Services& services) {
    ChoiceQuestion page;
    page.connection = question.connection.str();
    page.platform = result.platform;
    page.platform_name = platformName(services, result.platform);
    page.workspace_name = workspaceName(services.database, *result.workspace);
    page.csrf_token = choiceToken(*question.browser_secret);
    page.choices = services.connections.choices(question);
    page.nothing_chosen = nothing_chosen;
    // The answer to the form may lead back to the application that made the link.
    if (result.from_link && result.return_to)
        if (const auto origin = originOf(*result.return_to))
            page.form_action_origins.push_back(*origin);
    return choicePage(services, page);
}

struct Choice {
    std::vector<std::string> identities;
    bool declined = false;
};

Choice readChoice(const http::QueryParameters& form) {
    Choice choice;
    const auto* decision = form.unique("decision");
    if (decision == nullptr || (*decision != "connect" && *decision != "cancel"))
        throw invalidField("decision", "Must be connect or cancel");
    choice.declined = *decision == "cancel";
    for (const auto& [name, value] : form.all())
        if (name == "identity" && !choice.declined) choice.identities.push_back(value);
    return choice;
}

void requireToken(const http::QueryParameters& form, const std::string& browser_secret) {
    const auto* token = form.unique("csrf");
    if (token != nullptr && equalConstantTime(*token, choiceToken(browser_secret))) return;
    throw Error(ErrorCode::PermissionDenied, PublicMessage{"The form is not this browser's"});
}

}  // namespace

Response offerChoices(const RequestContext& context, Services& services) {
    const auto connection = connectionOf(context.query());
    if (!connection)
        return refusedPage(services, context.pathParameter("platform"), "unknown_state");
    const auto question = askAbout(*connection, context, services);
    const auto result = services.connections.result(question);
    if (result.state != State::Choosing) return land(result, context, services);
    return ask(question, result, false, services);
}

Response takeChoice(const RequestContext& context, Services& services) {
    const auto form = readForm(context.request());
    const auto connection = connectionOf(form);
    if (!connection)
        return refusedPage(services, context.pathParameter("platform"), "unknown_state");
    const auto question = askAbout(*connection, context, services);
    const auto result = services.connections.result(question);
    if (result.state == State::Refused) return land(result, context, services);
    requireToken(form, *question.browser_secret);
    if (result.state != State::Choosing) return land(result, context, services);
    const auto choice = readChoice(form);
    if (choice.identities.empty() && !choice.declined) return ask(question, result, true, services);
    return land(services.connections.choose(question, choice.identities), context, services);
}

}  // namespace postato::api
