// The calls that decide what happens next.

#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "control/control_api.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kTenYears = 10 * 365 * std::int64_t{86400};
constexpr std::int64_t kManyTimes = 1000000;

Response done() { return Response::json(200, {{"success", true}}); }

StateMode stateMode(const std::string& name) {
    if (name == "keep") return StateMode::Keep;
    if (name == "omit") return StateMode::Omit;
    if (name == "alter") return StateMode::Alter;
    throw BadCall("\"state\" must be keep, omit or alter.");
}

Headers readHeaders(JsonFields& fields) {
    Headers out;
    const auto object = fields.any("headers");
    if (!object) return out;
    if (!object->is_object()) throw BadCall("\"headers\" must be an object of strings.");
    for (const auto& item : object->items()) {
        if (!item.value().is_string()) throw BadCall("\"headers\" must be an object of strings.");
        const auto value = item.value().get<std::string>();
        if ((item.key() + value).find_first_of("\r\n") != std::string::npos) {
            throw BadCall("A header must not contain a line break.");
        }
        out.emplace_back(item.key(), value);
    }
    return out;
}

/// A string as it is, anything else as JSON text.
std::optional<std::string> readBody(JsonFields& fields) {
    const auto body = fields.any("body");
    if (!body) return std::nullopt;
    return body->is_string() ? body->get<std::string>() : dump(*body);
}

}  // namespace

Response ControlApi::addAnswer(Call& call) {
    auto& platform = bodyPlatform(call);
    auto& fields = call.fields;
    Answer answer;
    const auto decision = fields.text("decision");
    if (decision != "approve" && decision != "deny") {
        throw BadCall("\"decision\" must be approve or deny.");
    }
    answer.approve = decision == "approve";
    answer.person_id =
        answer.approve ? fields.text("person") : fields.optionalText("person").value_or("");
    answer.scopes = fields.list("scopes");
    answer.channels = fields.list("channels");
    answer.error = fields.optionalText("error").value_or("");
    answer.error_description = fields.optionalText("errorDescription").value_or("");
    answer.state = stateMode(fields.optionalText("state").value_or("keep"));
    fields.expectNothingElse();

    if (answer.approve && !answer.error.empty()) {
        throw BadCall("\"error\" goes with the decision deny.");
    }
    for (const auto& scope : answer.scopes.value_or(std::vector<std::string>{})) {
        if (!platform.facts().knowsScope(scope)) {
            throw BadCall(platform.facts().name + " has no scope \"" + scope + "\".");
        }
    }
    if (!answer.person_id.empty()) {
        const auto& person = personOf(platform, answer.person_id);
        for (const auto& id : answer.channels.value_or(std::vector<std::string>{})) {
            bool owned = false;
            for (const auto& channel : person.channels) owned = owned || channel.id == id;
            if (!owned) throw BadCall(person.name + " has no channel or Page \"" + id + "\".");
        }
    }
    auto& answers = world_.at(platform.facts().id).answers;
    answers.push_back(std::move(answer));
    return Response::json(200, {{"success", true}, {"waiting", answers.size()}});
}

Response ControlApi::clearAnswers(Call& call) {
    const auto only = queryPlatform(call);
    for (auto& [id, state] : world_.platforms) {
        if (only.empty() || only == id) state.answers.clear();
    }
    return done();
}

Response ControlApi::setLifetimes(Call& call) {
    auto& lifetimes = world_.at(bodyPlatform(call).facts().id).lifetimes;
    auto next = lifetimes;
    const auto read = [&call](std::string_view name, std::optional<std::int64_t>& value) {
        if (call.fields.isNull(name)) {
            call.fields.any(name);
            value.reset();
        } else if (const auto seconds = call.fields.number(name, 0, kTenYears)) {
            value = seconds;
        }
    };
    read("access", next.access);
    read("refresh", next.refresh);
    read("code", next.code);
    call.fields.expectNothingElse();
    lifetimes = next;
    return done();
}

Response ControlApi::armFault(Call& call) {
    const auto& platform = bodyPlatform(call);
    const auto endpoint = bodyEndpoint(call);
    auto& fields = call.fields;
    const auto name = fields.text("kind");
    const auto kind = faultNamed(name);
    if (!kind) {
        std::vector<std::string> known;
        for (const auto& item : kFaultNames) known.emplace_back(item.second);
        throw BadCall("There is no fault \"" + name + "\"; there are " + join(known, ", ") + ".");
    }
    Fault fault;
    fault.kind = *kind;
    fault.after_change = fields.flag("afterChange").value_or(false);
    fault.delay_ms = fields.number("delayMs", 0, 600000);
    if (const auto status = fields.number("status", 200, 599)) {
        fault.status = static_cast<int>(*status);
    }
    fault.body = readBody(fields);
    fault.headers = readHeaders(fields);
    const auto times = fields.number("times", 1, kManyTimes).value_or(1);
    const auto skip = fields.number("skip", 0, kManyTimes).value_or(0);
    fields.expectNothingElse();
    faults_.arm(platform.facts().id, endpoint, std::move(fault), times, skip);
    return done();
}

Response ControlApi::clearFaults(Call& call) {
    faults_.clear(queryPlatform(call));
    return done();
}

Response ControlApi::setSwitches(Call& call) {
    auto& switches = world_.at(bodyPlatform(call).facts().id).switches;
    auto next = switches;
    for (const auto& name : call.fields.names()) {
        if (name != "platform") next.set(name, *call.fields.any(name));
    }
    switches = std::move(next);
    return done();
}

Response ControlApi::advanceClock(Call& call) {
    const auto seconds = call.fields.number("advanceSeconds", 0, kTenYears);
    call.fields.expectNothingElse();
    if (!seconds) throw BadCall("\"advanceSeconds\" is missing.");
    world_.clock.advance(std::chrono::seconds(*seconds));
    return showClock(call);
}

Response ControlApi::putClient(Call& call) {
    auto& fields = call.fields;
    Client client{
        .platform = bodyPlatform(call).facts().id,
        .id = fields.text("clientId"),
        .secret = {},
        .redirect_uris = fields.list("redirectUris").value_or(std::vector<std::string>{})};
    client.is_public = fields.flag("public").value_or(false);
    client.disabled = fields.flag("disabled").value_or(false);
    client.any_loopback = client.redirect_uris.empty();
    client.secret = client.is_public ? fields.optionalText("clientSecret").value_or("")
                                     : fields.text("clientSecret");
    fields.expectNothingElse();
    world_.clients.put(std::move(client));
    return done();
}

Response ControlApi::armBarrier(Call& call) {
    const auto& platform = bodyPlatform(call);
    const auto endpoint = bodyEndpoint(call);
    const auto times = call.fields.number("times", 1, kManyTimes).value_or(1);
    const bool after_change = call.fields.flag("afterChange").value_or(true);
    call.fields.expectNothingElse();
    barriers_.arm(platform.facts().id, endpoint, after_change, times);
    return done();
}

Response ControlApi::releaseBarrier(Call& call) {
    const auto platform = queryPlatform(call);
    const auto count = call.request.query.get("count");
    if (count.empty()) {
        barriers_.clear(platform);
        return done();
    }
    if (count.size() > 6 || count.find_first_not_of("0123456789") != std::string::npos) {
        throw BadCall("count must be a whole number.");
    }
    return Response::json(
        200, {{"success", true}, {"released", barriers_.release(platform, std::stoul(count))}});
}

Response ControlApi::reset(Call& call) {
    call.fields.expectNothingElse();
    std::vector<PlatformFacts> facts;
    for (const auto& platform : platforms_) facts.push_back(platform->facts());
    world_ = World(facts);
    faults_.clear("");
    barriers_.clear("");
    journal_.clear();
    return done();
}

}  // namespace postato::sandbox
