#include "world/world.hpp"

namespace postato::sandbox {
namespace {

std::vector<std::string> idsOf(const std::vector<PlatformFacts>& platforms) {
    std::vector<std::string> out;
    for (const auto& platform : platforms) out.push_back(platform.id);
    return out;
}

}  // namespace

Person* PlatformState::person(std::string_view id) {
    for (auto& person : people) {
        if (person.id == id) return &person;
    }
    return nullptr;
}

World::World(const std::vector<PlatformFacts>& all) : clients(idsOf(all)) {
    for (const auto& facts : all) {
        platforms.emplace(facts.id, PlatformState{peopleOf(facts.id), Switches(facts.switches)});
    }
}

PlatformState& World::at(std::string_view platform) { return platforms.find(platform)->second; }

PlatformState* World::find(std::string_view platform) {
    const auto found = platforms.find(platform);
    return found == platforms.end() ? nullptr : &found->second;
}

Consent* World::consent(std::string_view platform, std::string_view client,
                        std::string_view person) {
    const auto found =
        consents.find({std::string(platform), std::string(client), std::string(person)});
    return found == consents.end() ? nullptr : &found->second;
}

void World::remember(std::string_view platform, std::string_view client, std::string_view person,
                     std::vector<std::string> scopes) {
    auto& consent = consents[{std::string(platform), std::string(client), std::string(person)}];
    if (consent.first_at == 0) consent.first_at = clock.now();
    consent.scopes = std::move(scopes);
}

bool World::alive(const Grant& grant) {
    return !at(grant.platform).person(grant.person_id)->suspended &&
           grants.alive(grant, clock.now());
}

void World::forget(std::string_view platform, std::string_view client, std::string_view person,
                   EndReason reason) {
    std::erase_if(consents, [&](const auto& item) {
        const auto& [of_platform, of_client, of_person] = item.first;
        return of_platform == platform && of_person == person &&
               (client.empty() || of_client == client);
    });
    grants.endAll(platform, person, client, reason, clock.now());
}

}  // namespace postato::sandbox
