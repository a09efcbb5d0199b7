#pragma once

// The sandbox's HTML: consent, error and index page. Plain HTML and CSS, no script; a neutral
// design in each platform's colour that always says "Sandbox".

#include <string>
#include <string_view>
#include <vector>

#include "world/people.hpp"
#include "world/platform_facts.hpp"
#include "world/world.hpp"

namespace postato::sandbox {

/// A whole document; `body` is HTML, everything else text.
std::string page(std::string_view title, std::string_view brand, std::string_view colour,
                 std::string_view body);

/// What a platform shows instead of going back to the app.
std::string errorPage(const PlatformFacts& facts, std::string_view title, std::string_view detail);

/// `notice` (may be empty) stands above the form, e.g. after a choice that cannot be.
std::string consentPage(const PlatformFacts& facts, const AuthorizationRequest& request,
                        const std::vector<Person>& people, std::string_view ticket,
                        std::string_view notice);

/// What the control API can do; `origin` makes its examples work when pasted.
std::string indexPage(std::string_view origin);

}  // namespace postato::sandbox
