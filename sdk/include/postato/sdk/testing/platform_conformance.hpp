#pragma once

/// \file
/// What every plugin must do, whatever its platform. Works with any test framework: it returns the
/// violations as sentences, and an empty list is a pass.

#include <string>
#include <vector>

#include "postato/sdk/http.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::sdk::testing {

/// A plugin and recorded answers of its platform. Each list of replies is one successful run of
/// that step, one reply per HTTP call, in order.
struct ConformanceSubject {
    const PluginDescriptor* descriptor = nullptr;
    /// `login` modes, an address the plugin cannot do without, and so on. The suite adds a client
    /// id and secret, and an authorization endpoint in one of its checks.
    PlatformConfig config;
    std::vector<HttpResponse> exchange_replies;
    std::vector<HttpResponse> refresh_replies;
    /// A successful refresh whose answer has no refresh token; empty where the access token
    /// refreshes itself.
    std::vector<HttpResponse> refresh_replies_without_refresh_token;
    std::vector<HttpResponse> identify_replies;
    std::vector<HttpResponse> revoke_replies;  ///< empty: the platform has no revocation
    /// Parameters of a callback after the person said no.
    std::vector<CallbackParameters> denials = {{{"error", "access_denied"}}};
    /// The plugin knows its platform's addresses, so the configuration need not.
    bool has_built_in_endpoints = true;
};

/// Checks the descriptor, the traits, the authorization URL, callbacks, every step against every
/// kind of outage and malformed answer, the keeping of old refresh tokens, that planted secrets
/// reach no error, and that threads may share the object. Opens no socket; takes well under a
/// second.
std::vector<std::string> checkConformance(const ConformanceSubject& subject);

}  // namespace postato::sdk::testing
