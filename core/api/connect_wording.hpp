#pragma once

/// \file
/// What the pages say for each code of a connect. Fixed texts: nothing that a platform, a query or
/// a form said is ever among them.

#include <string>
#include <string_view>

namespace postato::api {

struct ConnectWording {
    int status;  ///< of the page
    std::string_view heading;
    std::string_view text;    ///< what happened and what to do; `{platform}` stands for its name
    std::string_view detail;  ///< what introduces ConnectResult::detail; empty: it is not shown
    bool retry;               ///< trying again at once makes sense
};

/// The wording of a code; a general one for a code it does not know.
const ConnectWording& connectWording(std::string_view code);

/// `text` with the platform's name put in; plain text.
std::string withPlatform(std::string_view text, std::string_view platform_name);

}  // namespace postato::api
