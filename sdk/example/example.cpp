// A plugin for any server that speaks RFC 6749 with PKCE (RFC 7636) and has a `userinfo` resource
// like OpenID Connect's. README.md tells how it came about, line by line.

#include <stdexcept>

#include "postato/oauth2/platform.hpp"

namespace example {

using postato::oauth2::Json;
using postato::oauth2::OAuth2Platform;
using postato::oauth2::Profile;
namespace sdk = postato::sdk;

/// Configuration keys of our own, beside those that every platform has.
constexpr const char* kOptionKeys[] = {"userinfo_endpoint", "issuer", nullptr};

std::string option(const sdk::PlatformConfig& config, const std::string& key) {
    const auto found = config.options.find(key);
    return found == config.options.end() ? "" : found->second;
}

/// The platform as data.
Profile profileFor(const sdk::PlatformConfig& config) {
    Profile profile;
    profile.traits.display_name = "Example";
    profile.traits.scopes = {{"openid", "know who you are", false},
                             {"profile", "see your name and picture", false},
                             {"offline_access", "stay connected", false}};
    profile.traits.capabilities = {{"publish.text", {"openid"}}};
    profile.traits.pkce = sdk::PkceMethod::S256;
    profile.traits.rotation = sdk::Rotation::None;
    profile.traits.revocation_reach = sdk::RevocationReach::Token;
    profile.traits.grant_family = "example";
    profile.traits.fallback_access_lifetime = std::chrono::hours(1);
    profile.traits.issuer = option(config, "issuer");
    return profile;
}

class ExamplePlatform final : public OAuth2Platform {
public:
    explicit ExamplePlatform(const sdk::PlatformConfig& config)
        : OAuth2Platform(profileFor(config), config),
          userinfo_endpoint_(option(config, "userinfo_endpoint")) {
        // Throwing here refuses the configuration; the host shows the sentence to the operator.
        if (endpoints().authorization.empty() || endpoints().token.empty() ||
            userinfo_endpoint_.empty())
            throw std::invalid_argument(
                "example needs authorization_endpoint, token_endpoint and userinfo_endpoint");
    }

    /// The address of userinfo is configured whole, instead of as a path below `api_base`.
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override {
        const auto answer = call(http, postato::oauth2::Step::Identify,
                                 bearerRequest(userinfo_endpoint_, credentials.access_token));
        if (!answer) return answer.error();
        return readIdentities(answer.value(), credentials);
    }

protected:
    /// The claims are OpenID Connect's, which the base knows; only a missing name is ours to fill.
    sdk::Result<std::vector<sdk::Identity>> readIdentities(
        const Json& body, const sdk::Credentials& credentials) const override {
        auto identities = OAuth2Platform::readIdentities(body, credentials);
        if (!identities) return identities;
        for (auto& identity : identities.value())
            if (identity.display_name.empty()) identity.display_name = identity.id;
        return identities;
    }

private:
    std::string userinfo_endpoint_;
};

}  // namespace example

POSTATO_PLUGIN("example", "Example", "1.0.0", example::kOptionKeys, example::ExamplePlatform);
