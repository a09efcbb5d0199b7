#include "platforms/platform_registry.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "crypto/hashing.hpp"

namespace postato::platforms {

std::string_view word(PlatformState state) {
    switch (state) {
        case PlatformState::Ready:
            return "ready";
        case PlatformState::Unconfigured:
            return "unconfigured";
        case PlatformState::Refused:
            return "refused";
        case PlatformState::Suspended:
            return "suspended";
    }
    return "refused";
}

PlatformState PlatformEntry::stateNow() const {
    const bool hangs = state == PlatformState::Ready && platform->suspended();
    return hangs ? PlatformState::Suspended : state;
}

std::string PlatformEntry::reasonNow() const {
    if (stateNow() == PlatformState::Suspended) return "does not answer: all of its calls hang";
    return reason;
}

PlatformEntry makeEntry(const LoadedPlugin& plugin, const sdk::PlatformConfig& config,
                        std::string redirect_uri, const LaneOptions& lane, const Logger& logger) {
    PlatformEntry entry;
    entry.id = plugin.platform_id;
    entry.file = plugin.file.string();
    entry.display_name = plugin.display_name;
    entry.version = plugin.version;
    entry.redirect_uri = std::move(redirect_uri);
    entry.client_id = config.client_id;
    const bool configured = !config.client_id.empty();
    entry.state = configured ? PlatformState::Ready : PlatformState::Unconfigured;
    if (!configured) entry.reason = "has no client_id in the configuration";
    try {
        entry.platform = std::make_shared<const GuardedPlatform>(
            plugin.platform_id, plugin.create(config), lane, logger);
    } catch (const PluginRefused& refused) {
        if (configured) {
            entry.state = PlatformState::Refused;
            entry.reason = refused.reason();
        }
        return entry;
    }
    const auto& traits = entry.platform->traits();
    if (!traits.display_name.empty()) entry.display_name = traits.display_name;
    entry.scopes = config.scopes;
    if (entry.scopes.empty())
        for (const auto& scope : traits.scopes) entry.scopes.push_back(scope.name);
    return entry;
}

PlatformEntry makeEntry(const RefusedPlugin& refused) {
    PlatformEntry entry;
    entry.id = refused.file.stem().string();
    entry.file = refused.file.string();
    entry.display_name = entry.id;
    entry.reason = refused.reason;
    return entry;
}

std::string grantKey(const PlatformEntry& entry, std::string_view subject) {
    assert(entry.platform);
    return crypto::sha256Hex(
        crypto::lengthPrefixed({entry.platform->traits().grant_family, entry.client_id, subject}));
}

PlatformRegistry::PlatformRegistry(std::vector<PlatformEntry> entries)
    : entries_(std::move(entries)) {
    std::stable_sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.id, a.state) < std::tie(b.id, b.state);  // Ready first, Refused last
    });
}

const PlatformEntry* PlatformRegistry::find(std::string_view id) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& entry) { return entry.id == id; });
    return found == entries_.end() ? nullptr : &*found;
}

const PlatformEntry* PlatformRegistry::loaded(std::string_view id) const {
    const auto* entry = find(id);
    return entry != nullptr && entry->platform ? entry : nullptr;
}

std::set<std::string> PlatformRegistry::loadedIds() const {
    std::set<std::string> ids;
    for (const auto& entry : entries_)
        if (entry.platform) ids.insert(entry.id);
    return ids;
}

}  // namespace postato::platforms
