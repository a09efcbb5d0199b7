#include "control/control_api.hpp"

#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/authorization.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::string_view kPrefix = "/_sandbox";

/// What the `*` of the pattern stands for; absent when the path does not fit.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) {
        return pattern == path ? std::optional<std::string>("") : std::nullopt;
    }
    const auto head = pattern.substr(0, star);
    const auto tail = pattern.substr(star + 1);
    if (path.size() <= head.size() + tail.size()) return std::nullopt;
    if (!path.starts_with(head) || !path.ends_with(tail)) return std::nullopt;
    const auto middle = path.substr(star, path.size() - head.size() - tail.size());
    if (middle.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(middle);
}

Response error(int status, std::string_view sentence) {
    return Response::json(status, {{"error", sentence}});
}

}  // namespace

ControlApi::ControlApi(World& world, Faults& faults, Barriers& barriers, Journal& journal,
                       const std::vector<std::unique_ptr<Platform>>& platforms)
    : world_(world),
      faults_(faults),
      barriers_(barriers),
      journal_(journal),
      platforms_(platforms) {}

const std::vector<ControlApi::Route>& ControlApi::routes() {
    static const std::vector<Route> kRoutes = {
        {"GET", "", &ControlApi::index},
        {"GET", "/health", &ControlApi::health},
        {"GET", "/people", &ControlApi::listPeople},
        {"POST", "/people/*/revoke", &ControlApi::revokePerson},
        {"POST", "/people/*/events", &ControlApi::personEvent},
        {"POST", "/consent", &ControlApi::addAnswer},
        {"DELETE", "/consent", &ControlApi::clearAnswers},
        {"POST", "/lifetimes", &ControlApi::setLifetimes},
        {"POST", "/faults", &ControlApi::armFault},
        {"DELETE", "/faults", &ControlApi::clearFaults},
        {"GET", "/switches", &ControlApi::showSwitches},
        {"POST", "/switches", &ControlApi::setSwitches},
        {"GET", "/oracle", &ControlApi::oracle},
        {"POST", "/reset", &ControlApi::reset},
        {"GET", "/clients", &ControlApi::showClients},
        {"POST", "/clients", &ControlApi::putClient},
        {"GET", "/clock", &ControlApi::showClock},
        {"POST", "/clock", &ControlApi::advanceClock},
        {"GET", "/journal", &ControlApi::showJournal},
        {"GET", "/barrier", &ControlApi::showBarriers},
        {"POST", "/barrier", &ControlApi::armBarrier},
        {"DELETE", "/barrier", &ControlApi::releaseBarrier},
    };
    return kRoutes;
}

Response ControlApi::answer(const Request& request) {
    auto path = std::string_view(request.path).substr(kPrefix.size());
    if (path == "/") path = "";
    if (path == "/trap") return trap(request);
    if (const auto ticket = match("/authorizations/*", path)) {
        return submitConsent(request, *ticket);
    }
    std::string allowed;
    try {
        for (const auto& route : routes()) {
            auto argument = match(route.path, path);
            if (!argument) continue;
            if (route.method == request.method) {
                if (request.malformed) throw BadCall("The query has a broken escape.");
                const bool has_body = request.method == "POST";
                Call call{request, JsonFields(has_body ? request.body : ""), std::move(*argument)};
                return (this->*route.answer)(call);
            }
            allowed += (allowed.empty() ? "" : ", ") + route.method;
        }
    } catch (const BadCall& bad) {
        return error(bad.status(), bad.what());
    }
    if (allowed.empty()) return error(404, "The sandbox has no such call; see GET /_sandbox.");
    return error(405, "This call wants another method: " + allowed + ".").with("Allow", allowed);
}

Response ControlApi::submitConsent(const Request& request, const std::string& ticket) {
    const auto pending = world_.pending.find(ticket);
    if (request.method != "POST" || !request.form_sent || pending == world_.pending.end()) {
        return Response::html(
            404, page("Start again", "Sandbox", "#444950",
                      "<main data-testid=\"error\"><h1>This page is no longer open</h1>"
                      "<p>Go back to the app and start again.</p></main>"));
    }
    return submitAuthorization(world_, pending->second, platformOf(pending->second.platform),
                               ticket, request.form);
}

Response ControlApi::trap(const Request& request) {
    journal_.finish(journal_.record(request, "", "trap", world_.clock.now()), 200, "");
    return Response::json(200, {{"trapped", true}});
}

Platform& ControlApi::platformOf(const std::string& id) const {
    std::vector<std::string> known;
    for (const auto& platform : platforms_) {
        if (platform->facts().id == id) return *platform;
        known.push_back(platform->facts().id);
    }
    throw BadCall("There is no platform \"" + id + "\"; there are " + join(known, ", ") + ".");
}

Platform& ControlApi::bodyPlatform(Call& call) const {
    return platformOf(call.fields.text("platform"));
}

std::string ControlApi::queryPlatform(const Call& call) const {
    const auto id = call.request.query.get("platform");
    return id.empty() ? id : platformOf(id).facts().id;
}

Endpoint ControlApi::bodyEndpoint(Call& call) const {
    const auto name = call.fields.text("endpoint");
    if (const auto endpoint = endpointNamed(name)) return *endpoint;
    std::vector<std::string> known;
    for (const auto& item : kEndpointNames) known.emplace_back(item.second);
    throw BadCall("There is no endpoint \"" + name + "\"; there are " + join(known, ", ") + ".");
}

Person& ControlApi::personOf(const Platform& platform, const std::string& id) const {
    if (auto* person = world_.at(platform.facts().id).person(id)) return *person;
    throw BadCall(platform.facts().name + " has no person \"" + id +
                  "\"; see GET /_sandbox/people?platform=" + platform.facts().id + ".");
}

}  // namespace postato::sandbox
