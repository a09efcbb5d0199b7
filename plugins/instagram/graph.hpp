#pragma once

/// \file
/// What both ways of connecting Instagram share: Meta's Graph API, its error envelope, and access
/// tokens that are renewed by showing themselves.

#include <string>

#include "postato/oauth2/platform.hpp"

namespace postato::instagram {

/// An option of the configuration; `otherwise` where it is absent or empty.
std::string option(const sdk::PlatformConfig& config, const std::string& key,
                   const std::string& otherwise = "");

/// The `api_version` option, "v25.0" by default. Throws std::invalid_argument for anything that is
/// not of that form, as it becomes part of addresses.
std::string apiVersion(const sdk::PlatformConfig& config);

/// The configured value, or the built-in one; without slashes at the end.
std::string baseAddress(const std::string& configured, const char* built_in);

/// A platform behind the Graph API. Tokens last 60 days, have no refresh token, and end with the
/// grant.
class GraphPlatform : public oauth2::OAuth2Platform {
public:
    /// Strips the `#_` or `#_=_` that Meta puts behind the code, and reads an `error_code` without
    /// `error`.
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override;

    /// DELETE of the person's permissions: the whole grant of this app.
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override;

protected:
    using OAuth2Platform::OAuth2Platform;

    std::optional<oauth2::Refusal> findRefusal(oauth2::Step step, const sdk::HttpResponse& response,
                                               const oauth2::Json& body) const override;
    sdk::PlatformError explain(const oauth2::Refusal& refusal) const override;
    /// Also the minutes of `X-Business-Use-Case-Usage`.
    std::optional<std::chrono::seconds> waitHint(const sdk::HttpResponse& response) const override;
    /// Marks the access token as its own refresh credential, not to be renewed in its first day.
    sdk::Result<sdk::Credentials> readTokens(oauth2::Step step,
                                             const oauth2::Json& body) const override;
};

}  // namespace postato::instagram
