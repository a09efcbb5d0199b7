#include "sandbox.hpp"

#include <nlohmann/json.hpp>

#include "control/control_api.hpp"
#include "wire/json_fields.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kDelayMs = 1000;
constexpr std::string_view kControlPrefix = "/_sandbox";

/// "/twitter/2/users/me" -> "twitter"
std::string_view firstSegment(std::string_view path) {
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    return path.substr(0, path.find('/'));
}

bool isControl(std::string_view path) {
    return path == kControlPrefix || path.starts_with("/_sandbox/");
}

/// Every time in the answer is counted from the same moment.
Response answerAtOneInstant(const Platform::Route& route, const Request& request, Clock& clock) {
    const Clock::Standstill instant(clock);
    return route.answer(request);
}

Response notFound() { return Response::json(404, {{"error", "The sandbox has no such path."}}); }

}  // namespace

struct Sandbox::Books {
    World world{allPlatformFacts()};
    Faults faults{};
    Barriers barriers{};
    Journal journal{};
    std::vector<std::unique_ptr<Platform>> platforms = makePlatforms(world);
    ControlApi control{world, faults, barriers, journal, platforms};
};

Sandbox::Sandbox() : books_(std::make_unique<Books>()) {}
Sandbox::~Sandbox() = default;

void Sandbox::releaseAll() {
    const std::lock_guard lock(mutex_);
    books_->barriers.clear("");
}

Delivery Sandbox::serve(const Request& request, const Patience& patience) {
    if (isControl(request.path)) {
        const std::lock_guard lock(mutex_);
        return {books_->control.answer(request)};
    }
    if (request.path == "/") return {Response::redirect(302, std::string(kControlPrefix))};
    for (const auto& platform : books_->platforms) {
        if (platform->facts().id == firstSegment(request.path)) {
            return servePlatform(request, *platform, patience);
        }
    }
    return {notFound()};
}

Delivery Sandbox::servePlatform(const Request& request, Platform& platform,
                                const Patience& patience) {
    const auto& id = platform.facts().id;
    auto& [world, faults, barriers, journal, platforms, control] = *books_;

    std::unique_lock lock(mutex_);
    std::string allowed;
    const auto* route = platform.route(
        request.method, std::string_view(request.path).substr(1 + id.size()), allowed);
    if (!route) {
        const int status = allowed.empty() ? 404 : 405;
        journal.finish(journal.record(request, id, "", world.clock.now()), status, "");
        if (allowed.empty()) return {notFound()};
        return {Response::empty(405).with("Allow", allowed)};
    }
    const auto endpoint = platform.endpointOf(*route, request);
    ++world.at(id).requests[endpoint];
    const auto entry = journal.record(request, id, nameOf(endpoint), world.clock.now());
    const auto fault = faults.take(id, endpoint);
    const bool drops = fault && fault->kind == FaultKind::RotateThenDrop;
    const bool before = fault && !fault->after_change && !drops;
    const auto pause = std::chrono::milliseconds(fault ? fault->delay_ms.value_or(kDelayMs) : 0);
    const bool waits = fault && fault->kind == FaultKind::Delay;
    barriers.pass(lock, id, endpoint, false);

    if (before && !waits) {
        auto delivery = spoil(*fault, platform, endpoint, request, nullptr);
        journal.finish(entry, delivery.response.status, nameOf(fault->kind));
        return delivery;
    }
    if (before) {
        lock.unlock();
        const bool still_there = patience(pause);
        lock.lock();
        // Nobody waits for the answer any more, so nothing must change.
        if (!still_there) {
            journal.finish(entry, 0, nameOf(fault->kind));
            return {{}, Wire::Closed};
        }
    }

    auto response = answerAtOneInstant(*route, request, world.clock);
    barriers.pass(lock, id, endpoint, true);
    Delivery delivery{std::move(response)};
    if (fault && !before) {
        const auto real = delivery.response;
        delivery = spoil(*fault, platform, endpoint, request, &real);
    }
    journal.finish(entry, delivery.response.status, fault ? nameOf(fault->kind) : "");
    lock.unlock();
    if (waits && !before) patience(pause);
    return delivery;
}

}  // namespace postato::sandbox
