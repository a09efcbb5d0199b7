#pragma once

/// \file
/// Instagram API with Facebook Login (also Facebook Login for Business): every Instagram
/// professional account that is linked to a Facebook Page of the person. One consent, many
/// accounts.

#include "graph.hpp"

namespace postato::instagram {

class FacebookLogin final : public GraphPlatform {
public:
    explicit FacebookLogin(const sdk::PlatformConfig& config);

    /// Code to token, that to a token of 60 days, then who consented and to what.
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const override;
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const override;
    /// Walks the person's Pages, and with `business_management` those of their businesses.
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override;

protected:
    oauth2::Parameters authorizationParameters(
        const sdk::AuthorizationRequest& request) const override;

private:
    sdk::Result<oauth2::Json> longLivedToken(sdk::HttpClient& http, oauth2::Step step,
                                             const sdk::Secret& token) const;
    sdk::Result<std::vector<oauth2::Json>> list(sdk::HttpClient& http, const std::string& path,
                                                const std::string& fields,
                                                const sdk::Secret& token) const;
    sdk::Result<std::vector<oauth2::Json>> pages(sdk::HttpClient& http,
                                                 const sdk::Credentials& credentials) const;
    std::string address(const std::string& path) const;

    std::string api_version_;
    std::string config_id_;
};

}  // namespace postato::instagram
