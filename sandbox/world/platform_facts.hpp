#pragma once

// What a platform says about itself before it answers anything.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "world/clients.hpp"
#include "world/switches.hpp"

namespace postato::sandbox {

struct ScopeFact {
    std::string wire;   // as it stands in the scope parameter
    std::string words;  // as a consent page puts it: "Post for you"
};

struct PlatformFacts {
    std::string id;      // the prefix of its paths and its name in the control API
    std::string name;    // as people know it
    std::string colour;  // CSS colour of its pages
    std::vector<ScopeFact> scopes;
    bool scopes_can_be_unticked = false;
    std::string channel_word{};  // what its people choose among: "channel", "Page"; else empty
    RedirectPolicy redirect_policy{};
    std::vector<SwitchDefinition> switches{};

    bool knowsScope(std::string_view wire) const {
        for (const auto& scope : scopes) {
            if (scope.wire == wire) return true;
        }
        return false;
    }
};

}  // namespace postato::sandbox
