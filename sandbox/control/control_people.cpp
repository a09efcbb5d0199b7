// The calls about people: who they are, and what they do at the platform behind the app's back.

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "control/control_api.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

/// Events that end the person's grants, each for its own reason.
constexpr std::array<std::pair<std::string_view, EndReason>, 6> kEndings{{
    {"app_removed", EndReason::AppRemoved},
    {"password_changed", EndReason::PasswordChanged},
    {"checkpoint", EndReason::Checkpoint},
    {"unconfirmed_user", EndReason::UnconfirmedUser},
    {"logged_out", EndReason::LoggedOut},
    {"session_invalid", EndReason::SessionInvalid},
}};

std::optional<EndReason> endingNamed(std::string_view event) {
    for (const auto& [name, reason] : kEndings) {
        if (name == event) return reason;
    }
    return std::nullopt;
}

Json describe(const Person& person) {
    Json out = {{"id", person.id}, {"name", person.name}, {"handle", person.handle}};
    if (person.channels.empty()) return out;
    Json channels = Json::array();
    for (const auto& channel : person.channels) {
        Json item = {{"id", channel.id}, {"title", channel.title}};
        if (!channel.handle.empty()) item["handle"] = channel.handle;
        if (channel.instagram) {
            item["instagram"] = {{"id", channel.instagram->id},
                                 {"username", channel.instagram->username}};
        }
        channels.push_back(std::move(item));
    }
    out["channels"] = std::move(channels);
    return out;
}

}  // namespace

Response ControlApi::listPeople(Call& call) {
    const auto only = queryPlatform(call);
    Json people = Json::array();
    for (const auto& platform : platforms_) {
        const auto& id = platform->facts().id;
        if (!only.empty() && only != id) continue;
        for (const auto& person : world_.at(id).people) {
            auto item = describe(person);
            if (only.empty()) item["platform"] = id;
            people.push_back(std::move(item));
        }
    }
    return Response::json(200, {{"people", people}});
}

Response ControlApi::revokePerson(Call& call) {
    const auto& platform = bodyPlatform(call);
    const auto& person = personOf(platform, call.argument);
    const auto client = call.fields.optionalText("clientId").value_or("");
    call.fields.expectNothingElse();
    world_.forget(platform.facts().id, client, person.id, EndReason::AppRemoved);
    return Response::json(200, {{"success", true}});
}

Response ControlApi::personEvent(Call& call) {
    const auto& platform = bodyPlatform(call);
    const auto& id = platform.facts().id;
    auto& person = personOf(platform, call.argument);
    const auto event = call.fields.text("event");
    const auto scope = event == "scope_withdrawn" ? call.fields.text("scope") : "";
    call.fields.expectNothingElse();

    if (const auto reason = endingNamed(event)) {
        const bool harmless = *reason == EndReason::PasswordChanged &&
                              !world_.at(id).switches.on("passwordChangeKills");
        if (!harmless) world_.forget(id, "", person.id, *reason);
    } else if (event == "suspended" || event == "reinstated") {
        person.suspended = event == "suspended";
    } else if (event == "app_disabled" || event == "app_enabled") {
        world_.clients.setDisabled(id, event == "app_disabled");
    } else if (event == "scope_withdrawn") {
        if (!platform.facts().knowsScope(scope)) {
            throw BadCall(platform.facts().name + " has no scope \"" + scope + "\".");
        }
        world_.grants.withdrawScope(id, person.id, scope);
    } else {
        std::vector<std::string> known = {"suspended", "reinstated", "scope_withdrawn",
                                          "app_disabled", "app_enabled"};
        for (const auto& ending : kEndings) known.emplace_back(ending.first);
        throw BadCall("There is no event \"" + event + "\"; there are " + join(known, ", ") + ".");
    }
    return Response::json(200, {{"success", true}});
}

}  // namespace postato::sandbox
