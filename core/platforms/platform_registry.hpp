#pragma once

/// \file
/// Every platform the operator put into the plugin directory, usable or not.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platforms/guarded_platform.hpp"
#include "platforms/plugin_loader.hpp"

namespace postato::platforms {

enum class PlatformState {
    Ready = 1,
    Unconfigured,  ///< loaded, but no client id is configured
    Refused,       ///< not loaded; `reason` says why
    Suspended      ///< its calls hang; clears by itself
};

/// `ready`, `unconfigured`, `refused`, `suspended`.
std::string_view word(PlatformState state);

struct PlatformEntry {
    std::string id;    ///< of a refused file: its name without the extension
    std::string file;  ///< where the operator put it; not for the API's clients
    std::string display_name;
    std::string version;
    PlatformState state = PlatformState::Refused;  ///< as loaded; see `stateNow`
    std::string reason;        ///< one sentence without subject and full stop; empty for Ready
    std::string redirect_uri;  ///< to register at the platform; empty for Refused
    std::string client_id;
    std::vector<std::string> scopes;  ///< asked for: the configured ones, else the plugin's
    /// Null for Refused, and for Unconfigured where the plugin makes nothing without credentials.
    std::shared_ptr<const GuardedPlatform> platform;

    /// As above, except that a Ready platform whose calls hang is Suspended.
    PlatformState stateNow() const;
    std::string reasonNow() const;
};

/// Creates the platform and describes it; a plugin that does not accept the configuration becomes a
/// Refused entry. Without `client_id` the entry is Unconfigured.
PlatformEntry makeEntry(const LoadedPlugin& plugin, const sdk::PlatformConfig& config,
                        std::string redirect_uri, const LaneOptions& lane, const Logger& logger);

PlatformEntry makeEntry(const RefusedPlugin& refused);

/// What accounts on one grant at the platform have in common, as 64 hexadecimal digits: the
/// plugin's grant family, our client id, and `subject`, the platform's id of the person who
/// consented (or of the identity where the platform names no person). Needs `entry.platform`.
std::string grantKey(const PlatformEntry& entry, std::string_view subject);

/// Immutable, so thread-safe.
class PlatformRegistry {
public:
    explicit PlatformRegistry(std::vector<PlatformEntry> entries);

    /// The entry, usable or not; nullptr when there is none. It lives as long as the registry. Of
    /// two with one id (a refused file may be named like another file's platform) the usable one.
    const PlatformEntry* find(std::string_view id) const;

    /// The same, if its plugin can be called; nullptr also for one that was refused.
    const PlatformEntry* loaded(std::string_view id) const;

    /// The ids of those that can be called.
    std::set<std::string> loadedIds() const;

    /// All entries, sorted by id.
    const std::vector<PlatformEntry>& list() const noexcept { return entries_; }

private:
    std::vector<PlatformEntry> entries_;
};

}  // namespace postato::platforms
