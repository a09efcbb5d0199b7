#include "accounts/connect_candidates.hpp"

#include <nlohmann/json.hpp>

#include "accounts/token_vault.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

nlohmann::json identityJson(const sdk::Identity& identity, TimePoint received_at) {
    nlohmann::json json = {{"id", identity.id},
                           {"username", identity.username},
                           {"displayName", identity.display_name},
                           {"avatarUrl", identity.avatar_url},
                           {"profileUrl", identity.profile_url},
                           {"kind", identity.kind}};
    if (identity.credentials)
        json["credentials"] = std::string(serialize(*identity.credentials, received_at).reveal());
    return json;
}

sdk::Identity identityOf(const nlohmann::json& json, TimePoint now) {
    sdk::Identity identity;
    identity.id = json.at("id").get<std::string>();
    identity.username = json.at("username").get<std::string>();
    identity.display_name = json.at("displayName").get<std::string>();
    identity.avatar_url = json.at("avatarUrl").get<std::string>();
    identity.profile_url = json.at("profileUrl").get<std::string>();
    identity.kind = json.at("kind").get<std::string>();
    if (json.contains("credentials"))
        identity.credentials =
            deserialize(sdk::Secret(json.at("credentials").get<std::string>()), now);
    return identity;
}

}  // namespace

sdk::Secret serializeCandidates(const ConnectCandidates& candidates) {
    nlohmann::json json = {
        {"credentials",
         std::string(serialize(candidates.credentials, candidates.received_at).reveal())},
        {"scopesGranted", candidates.scopes_granted},
        {"identities", nlohmann::json::array()},
    };
    for (const auto& identity : candidates.identities)
        json["identities"].push_back(identityJson(identity, candidates.received_at));
    return sdk::Secret(dumpJson(json));
}

ConnectCandidates deserializeCandidates(const sdk::Secret& text, TimePoint now) {
    const auto json = nlohmann::json::parse(text.reveal());
    ConnectCandidates candidates;
    candidates.credentials =
        deserialize(sdk::Secret(json.at("credentials").get<std::string>()), now);
    // Lifetimes were read back relative to `now`, so `now` is what they count from.
    candidates.received_at = now;
    candidates.scopes_granted = json.at("scopesGranted").get<std::vector<std::string>>();
    for (const auto& identity : json.at("identities"))
        candidates.identities.push_back(identityOf(identity, now));
    return candidates;
}

}  // namespace postato::accounts
