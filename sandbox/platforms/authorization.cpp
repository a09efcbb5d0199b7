#include "platforms/authorization.hpp"

#include <algorithm>

#include "pages/pages.hpp"
#include "platforms/redirect.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

// More open pages than any test has; keeps a forgotten loop from eating the memory.
constexpr std::size_t kMostPending = 10000;

std::optional<std::string> returnedState(const AuthorizationRequest& request, StateMode mode) {
    if (mode == StateMode::Omit) return std::nullopt;
    if (mode == StateMode::Alter) return request.state.value_or("") + "-altered";
    return request.state;
}

std::vector<std::string> keepOnly(const std::vector<std::string>& wanted,
                                  const std::vector<std::string>& offered) {
    std::vector<std::string> out;
    for (const auto& item : offered) {
        if (contains(wanted, item)) out.push_back(item);
    }
    return out;
}

std::vector<std::string> channelIds(const Person& person) {
    std::vector<std::string> out;
    for (const auto& channel : person.channels) out.push_back(channel.id);
    return out;
}

/// The redirect back, or the page of a platform that sends nobody back.
Response conclude(World& world, Platform& platform, const AuthorizationRequest& request,
                  const Answer& answer) {
    const auto& facts = platform.facts();
    auto& state = world.at(facts.id);
    const auto returned = returnedState(request, answer.state);
    const auto back = [&](const Parameters& parameters) {
        return Response::redirect(
            302, withParameters(request.redirect_uri, parameters, platform.redirectFragment()));
    };
    if (!answer.approve) return back(platform.denied(answer, returned));

    const auto* person = state.person(answer.person_id);
    if (auto page = platform.turnAway(*person, request)) return *page;
    state.signed_in = person->id;

    const auto owned = channelIds(*person);
    Code code{.value = platform.newCode(),
              .client_id = request.client_id,
              .person_id = person->id,
              .redirect_uri = request.redirect_uri,
              .scopes = answer.scopes ? keepOnly(*answer.scopes, request.scopes) : request.scopes,
              .channels = answer.channels ? keepOnly(*answer.channels, owned) : owned,
              .challenge = request.challenge,
              .challenge_method = request.challenge_method};
    const auto lifetime = state.lifetimes.code.value_or(platform.codeLifetime());
    code.expires_at = world.clock.now() + 1000 * lifetime;
    platform.beforeCode(code, request, world.consent(facts.id, request.client_id, person->id));
    world.remember(facts.id, request.client_id, person->id, code.scopes);
    return back(platform.approved(world.grants.addCode(facts.id, std::move(code)), returned));
}

/// Whoever is signed in and has allowed just this before.
std::optional<Answer> silentAnswer(World& world, const Platform& platform,
                                   const AuthorizationRequest& request) {
    const auto& id = platform.facts().id;
    const auto& person = world.at(id).signed_in;
    if (!request.may_skip_page || person.empty()) return std::nullopt;
    const auto* consent = world.consent(id, request.client_id, person);
    if (!consent) return std::nullopt;
    auto before = consent->scopes;
    auto wanted = request.scopes;
    std::sort(before.begin(), before.end());
    std::sort(wanted.begin(), wanted.end());
    if (before != wanted) return std::nullopt;
    return Answer{.person_id = person, .approve = true};
}

std::vector<Person> offeredPeople(const PlatformState& state, const AuthorizationRequest& request) {
    if (!state.switches.on("signedIn") || request.force_chooser || state.signed_in.empty()) {
        return state.people;
    }
    std::vector<Person> out;
    for (const auto& person : state.people) {
        if (person.id == state.signed_in) out.push_back(person);
    }
    return out;
}

Response showPage(World& world, const Platform& platform, const AuthorizationRequest& request,
                  std::string_view ticket, std::string_view notice) {
    const auto people = offeredPeople(world.at(platform.facts().id), request);
    return Response::html(notice.empty() ? 200 : 422,
                          consentPage(platform.facts(), request, people, ticket, notice));
}

}  // namespace

Response beginAuthorization(World& world, Platform& platform, AuthorizationRequest request) {
    auto& state = world.at(platform.facts().id);
    if (!state.answers.empty()) {
        const auto answer = state.answers.front();
        state.answers.pop_front();
        return conclude(world, platform, request, answer);
    }
    if (const auto answer = silentAnswer(world, platform, request)) {
        return conclude(world, platform, request, *answer);
    }
    if (world.pending.size() == kMostPending) world.pending.erase(world.pending.begin());
    const auto ticket = randomText(32);
    auto page = showPage(world, platform, request, ticket, "");
    world.pending.emplace(ticket,
                          PendingAuthorization{platform.facts().id, std::move(request), {}});
    return page;
}

Response submitAuthorization(World& world, PendingAuthorization& pending, Platform& platform,
                             std::string_view ticket, const Parameters& form) {
    if (pending.location) return Response::redirect(303, *pending.location);
    const auto& state = world.at(pending.platform);
    Answer answer;
    answer.person_id = form.get("person");
    answer.approve = form.get("decision") == "approve";
    if (form.get("decision") == "cancel_login") answer.error = "user_cancelled_login";
    if (answer.approve) {
        const auto chosen = std::find_if(state.people.begin(), state.people.end(),
                                         [&](const Person& p) { return p.id == answer.person_id; });
        if (chosen == state.people.end()) {
            return showPage(world, platform, pending.request, ticket, "Choose who you are.");
        }
        if (platform.facts().scopes_can_be_unticked) answer.scopes = form.all("scope");
        // With one channel there is nothing to choose, so the page does not ask.
        const bool had_choice = chosen->channels.size() > 1;
        if (had_choice) answer.channels = keepOnly(form.all("channel"), channelIds(*chosen));
        if (had_choice && answer.channels->empty()) {
            return showPage(world, platform, pending.request, ticket,
                            "Choose at least one " + platform.facts().channel_word + " of " +
                                chosen->name + ".");
        }
    }
    auto response = conclude(world, platform, pending.request, answer);
    if (const auto location = findHeader(response.headers, "Location")) {
        pending.location = *location;
        response.status = 303;
    }
    return response;
}

}  // namespace postato::sandbox
