#pragma once

/// \file
/// The platform's side of a connect: code to credentials to identities, with every failure given
/// the stable code that pages and redirects carry.

#include <string>
#include <vector>

#include "platforms/guarded_platform.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::accounts {

struct ExchangedGrant {
    std::string failure_code;      ///< empty: all is well
    std::string failure_detail;    ///< for the person, in our words
    std::string diagnostic;        ///< for the log
    sdk::Credentials credentials;  ///< also after a later failure, so that they can be revoked
    std::vector<std::string> scopes_granted;
    std::vector<sdk::Identity> identities;
};

/// Exchanges, checks the required scopes, identifies. Holds no state and no database session. The
/// code goes over `token_http`, which may record or replay; the question who it is over `http`.
ExchangedGrant exchangeAndIdentify(const platforms::GuardedPlatform& platform,
                                   sdk::HttpClient& token_http, sdk::HttpClient& http,
                                   const sdk::CodeExchange& exchange);

}  // namespace postato::accounts
