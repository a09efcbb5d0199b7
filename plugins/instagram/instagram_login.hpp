#pragma once

/// \file
/// Instagram API with Instagram Login ("Business Login for Instagram"): one Instagram professional
/// account per consent, no Facebook Page needed. The default mode.

#include "graph.hpp"

namespace postato::instagram {

class InstagramLogin final : public GraphPlatform {
public:
    explicit InstagramLogin(const sdk::PlatformConfig& config);

    /// Code to a token of one hour, then that to one of 60 days.
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const override;
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const override;

protected:
    sdk::PlatformError explain(const oauth2::Refusal& refusal) const override;
    sdk::Result<std::vector<sdk::Identity>> readIdentities(
        const oauth2::Json& body, const sdk::Credentials& credentials) const override;

private:
    sdk::Result<oauth2::Json> longLivedToken(sdk::HttpClient& http,
                                             const std::string& short_lived_token) const;
};

}  // namespace postato::instagram
