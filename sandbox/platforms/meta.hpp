#pragma once

// What Instagram and Facebook share: the Graph API's error envelope, its usage headers, and the
// token that is its own refresh credential.

#include <cstdint>
#include <string>
#include <string_view>

#include "platforms/platform.hpp"

namespace postato::sandbox {

/// {"error": {message, type, code, error_subcode?, fbtrace_id}}
Response graphError(int status, std::string_view message, int code, int subcode = 0);

/// The switches both have.
std::vector<SwitchDefinition> metaSwitches(std::int64_t short_token_seconds);

class MetaPlatform : public Platform {
public:
    using Platform::Platform;

    std::int64_t codeLifetime() const override { return 3600; }
    Response refusal(Refusal refusal, Endpoint endpoint) const override;
    Parameters denied(const Answer& answer, const std::optional<std::string>& state) const override;

protected:
    static constexpr std::int64_t kLongSeconds = 60 * 86400;

    /// The access token of a call: query parameter or Bearer header.
    static std::optional<std::string> presentedToken(const Request& request);
    /// Code 190 with the subcode for the reason, or 101 for an app that is switched off.
    Response accessError(const AccessFailure& failure) const;
    /// The grant's owner withdraws the app; shared by both revocation paths.
    Response deletePermissions(const Request& request);
    Response wrongSecret() const;

    Json tokenBody(const Token& token) const;
    /// Adds X-App-Usage and X-Business-Use-Case-Usage as switched.
    Response withUsage(Response response, const std::string& business_id) const;
    /// Only what `fields` asks for, out of `everything`; an unknown name is an error.
    Response fieldsOf(const Request& request, const Json& everything) const;
    /// An app-scoped id in decimal digits.
    std::string numericId(const Grant& grant) const;
};

}  // namespace postato::sandbox
