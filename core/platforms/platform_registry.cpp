#include "platforms/platform_registry.hpp"

#include <algorithm>

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

PlatformState PlatformEntry::currentState() const {
    if (state == PlatformState::Ready && platform && platform->suspended())
        return PlatformState::Suspended;
    return state;
}

PlatformRegistry::PlatformRegistry(std::vector<PlatformEntry> entries)
    : entries_(std::move(entries)) {
    std::sort(entries_.begin(), entries_.end(),
              [](const PlatformEntry& a, const PlatformEntry& b) { return a.id < b.id; });
}

const PlatformEntry* PlatformRegistry::find(std::string_view id) const noexcept {
    for (const auto& entry : entries_)
        if (entry.id == id) return &entry;
    return nullptr;
}

std::string grantKey(const PlatformEntry& entry, std::string_view subject) {
    return crypto::sha256Hex(
        crypto::lengthPrefixed({entry.platform->traits().grant_family, entry.client_id, subject}));
}

}  // namespace postato::platforms
