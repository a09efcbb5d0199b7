#pragma once

/// \file
/// The pages of a connect flow. Plain HTML without scripts; every text that is not ours is escaped,
/// and nothing of a callback's query is shown at all (CON-13).

#include <string>
#include <string_view>
#include <vector>

#include "accounts/connect_link_service.hpp"
#include "accounts/connection_service.hpp"
#include "http/headers.hpp"
#include "http/message.hpp"

namespace postato::api {

struct Services;

/// What a person calls a platform; "the platform" for an id nobody knows.
std::string platformName(const Services& services, std::string_view platform);

/// The question before a connect that did not begin with a click on our own pages.
struct StartQuestion {
    std::string platform;
    std::string platform_name;
    std::string workspace_id;
    std::string workspace_name;
    std::string account_id;  ///< empty: any account
    std::string return_to;
    std::string csrf_token;
    std::string authorization_origin;
    bool forces_account_choice = false;
};
http::Response startPage(const Services& services, const StartQuestion& question);

/// How a connection stands, once it neither leads elsewhere nor was refused.
http::Response resultPage(const Services& services, const accounts::ConnectResult& result);
/// A flow that this browser or person cannot go on with.
http::Response refusedPage(const Services& services, std::string_view platform,
                           std::string_view code);

/// The list to pick from, which is also the preview that a link's flow ends with.
struct ChoiceQuestion {
    std::string connection;
    std::string platform;
    std::string platform_name;
    std::string workspace_name;
    std::string csrf_token;
    std::vector<std::string> form_action_origins;
    std::vector<accounts::ConnectChoice> choices;
    bool nothing_chosen = false;  ///< asked before, and no box was ticked
};
http::Response choicePage(const Services& services, const ChoiceQuestion& question);

http::Response invitationPage(const Services& services, const std::string& secret,
                              const accounts::ConnectInvitation& invitation,
                              const std::string& authorization_origin);
/// A link that cannot be used (any more).
http::Response closedInvitationPage(const Services& services,
                                    accounts::ConnectInvitation::State state);

/// For failures that have no page of their own.
http::Response failurePage(const Services& services, int status);

}  // namespace postato::api
