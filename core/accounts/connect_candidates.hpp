#pragma once

/// \file
/// What the exchange found, kept sealed while the person chooses.

#include <string>
#include <vector>

#include "postato/sdk/oauth.hpp"
#include "postato/sdk/secret.hpp"
#include "util/clock.hpp"

namespace postato::accounts {

struct ConnectCandidates {
    sdk::Credentials credentials;
    TimePoint received_at;
    std::vector<std::string> scopes_granted;
    std::vector<sdk::Identity> identities;
};

sdk::Secret serializeCandidates(const ConnectCandidates& candidates);
ConnectCandidates deserializeCandidates(const sdk::Secret& text, TimePoint now);

/// Where a connection's secrets are sealed: the associated data of the ciphertexts.
inline constexpr const char* kCandidatesTable = "connections";
inline constexpr const char* kCandidatesColumn = "candidates_sealed";
inline constexpr const char* kVerifierColumn = "verifier_sealed";

}  // namespace postato::accounts
