#include "api/connect_wording.hpp"

namespace postato::api {
namespace {

struct Row {
    std::string_view code;
    ConnectWording wording;
};

// clang-format off
constexpr Row kWordings[] = {
    {"access_denied", {200, "Nothing was connected",
        "You chose not to give access at {platform}.", "", true}},
    {"scope_missing", {200, "A permission is missing",
        "Nothing was connected. Connect again and allow everything that {platform} asks about.",
        "Not allowed: ", true}},
    {"account_mismatch", {409, "That was another account",
        "Nothing was changed. Log out at {platform}, then reconnect and sign in there with the account "
        "that is to be reconnected.", "Expected: ", false}},
    {"connect_expired", {400, "That took too long",
        "A connect has to be finished within ten minutes. Nothing was connected; begin again.", "", true}},
    {"no_publishable_account", {200, "There is nothing to publish to",
        "{platform} lists no account or channel there that can be published through. Nothing was "
        "connected.", "", true}},
    {"platform_error", {200, "{platform} reported a problem",
        "Nothing was connected. Try again; if it happens again, tell the operator of this server.", "", true}},
    {"platform_unavailable", {200, "{platform} did not answer",
        "Nothing was connected. Try again in a few minutes.", "", true}},
    {"app_misconfigured", {200, "{platform} refused this server",
        "The app registered at {platform} is not set up right. Only the operator of this server can "
        "change that.", "", false}},
    {"interrupted", {200, "Connecting was interrupted",
        "Nothing was connected; begin again.", "", true}},

    {"unknown_state", {400, "This connect cannot be continued",
        "The address belongs to no connect that is under way. Begin again.", "", false}},
    {"wrong_browser", {400, "This connect belongs to another browser",
        "Finish it in the browser that began it, or begin again here.", "", false}},
    {"issuer_mismatch", {400, "This answer came from somebody else",
        "It does not come from {platform}, so it was not used. Begin again.", "", false}},
    {"sign_in_required", {403, "Sign in, then connect again",
        "The person who began this connect is not signed in to Postato in this browser. Nothing was "
        "connected.", "", false}},
    {"not_permitted", {403, "You may not connect accounts there",
        "Your role in this workspace does not allow it any more. Ask an administrator of the workspace.",
        "", false}},
};
constexpr ConnectWording kOther = {200, "Nothing was connected", "Begin again.", "", false};
// clang-format on

constexpr std::string_view kPlaceholder = "{platform}";

}  // namespace

const ConnectWording& connectWording(std::string_view code) {
    for (const auto& row : kWordings)
        if (row.code == code) return row.wording;
    return kOther;
}

std::string withPlatform(std::string_view text, std::string_view platform_name) {
    std::string result;
    while (true) {
        const auto at = text.find(kPlaceholder);
        result.append(text.substr(0, at));
        if (at == std::string_view::npos) return result;
        result.append(platform_name);
        text.remove_prefix(at + kPlaceholder.size());
    }
}

}  // namespace postato::api
