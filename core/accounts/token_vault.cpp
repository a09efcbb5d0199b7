#include "accounts/token_vault.hpp"

#include <nlohmann/json.hpp>

#include "util/wiped_json.hpp"

namespace postato::accounts {
namespace {

constexpr const char* kTable = "social_account_tokens";

using nlohmann::json;

void put(WipedJson& document, const char* name, const sdk::Secret& secret) {
    auto& text = document.root[name] = json::string_t();
    text.get_ref<std::string&>().assign(secret.reveal());  // a copy on the way would stay
}

sdk::Secret secretOf(const WipedJson& document, const char* name) {
    return sdk::Secret(document.root.at(name).get<std::string>());
}

WipedJson parsed(const sdk::Secret& text) { return WipedJson(json::parse(text.reveal())); }

crypto::SealContext context(const persistence::WorkspaceScope& scope, const char* table,
                            const std::string& row, const char* column, std::int64_t generation) {
    return {scope.id().str(), table, row, column, generation};
}

std::optional<TimePoint> endOf(TimePoint from, const std::optional<std::chrono::seconds>& stated,
                               const std::optional<std::chrono::seconds>& fallback) {
    const auto& lifetime = stated ? stated : fallback;
    if (!lifetime) return std::nullopt;
    return from + *lifetime;
}

std::optional<std::chrono::seconds> remaining(const std::optional<TimePoint>& end, TimePoint now) {
    if (!end) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(*end - now);
}

json optionalMillis(TimePoint from, const std::optional<std::chrono::seconds>& lifetime) {
    return lifetime ? json(toMillis(from + *lifetime)) : json(nullptr);
}

std::optional<std::chrono::seconds> remaining(const json& end, TimePoint now) {
    if (end.is_null()) return std::nullopt;
    return remaining(fromMillis(end.get<std::int64_t>()), now);
}

}  // namespace

persistence::SealedTokens TokenVault::seal(const persistence::WorkspaceScope& scope,
                                           const AccountId& id, std::int64_t generation,
                                           const sdk::Credentials& credentials,
                                           const sdk::Traits& traits, TimePoint received_at) const {
    const auto key = cipher_.activeKey();
    const auto sealed = [&](const char* column, const sdk::Secret& secret) {
        return cipher_.seal(context(scope, kTable, id.str(), column, generation), secret, *key);
    };
    persistence::SealedTokens tokens{.account_id = id};
    tokens.generation = generation;
    tokens.access_sealed = sealed("access_sealed", credentials.access_token);
    if (!credentials.refresh_token.empty())
        tokens.refresh_sealed = sealed("refresh_sealed", credentials.refresh_token);
    // The subject travels with the plugin's own data: both are only for the plugin and the grant
    // key.
    if (!credentials.subject.empty() || !credentials.plugin_data.empty()) {
        WipedJson data;
        data.root["subject"] = credentials.subject;
        put(data, "data", credentials.plugin_data);
        tokens.plugin_data_sealed = sealed("plugin_data_sealed", sdk::Secret(data.dump()));
    }
    tokens.key_id = key->id();
    tokens.token_type = credentials.token_type;
    tokens.refreshes_itself = credentials.access_token_refreshes_itself;
    tokens.issued_at = received_at;
    tokens.access_expires_at =
        endOf(received_at, credentials.expires_in, traits.fallback_access_lifetime);
    if (!credentials.refresh_token.empty())
        tokens.refresh_expires_at = endOf(received_at, credentials.refresh_token_expires_in,
                                          traits.fallback_refresh_lifetime);
    if (credentials.earliest_refresh_after)
        tokens.earliest_refresh_at = received_at + *credentials.earliest_refresh_after;
    return tokens;
}

sdk::Credentials TokenVault::open(const persistence::WorkspaceScope& scope,
                                  const persistence::SealedTokens& tokens, TimePoint now) const {
    const auto opened = [&](const char* column, const std::string& text) {
        return cipher_.open(
            context(scope, kTable, tokens.account_id.str(), column, tokens.generation), text);
    };
    sdk::Credentials credentials;
    credentials.access_token = opened("access_sealed", tokens.access_sealed);
    if (tokens.refresh_sealed)
        credentials.refresh_token = opened("refresh_sealed", *tokens.refresh_sealed);
    if (tokens.plugin_data_sealed) {
        const auto data = parsed(opened("plugin_data_sealed", *tokens.plugin_data_sealed));
        credentials.subject = data.root.at("subject").get<std::string>();
        credentials.plugin_data = secretOf(data, "data");
    }
    credentials.token_type = tokens.token_type;
    credentials.access_token_refreshes_itself = tokens.refreshes_itself;
    credentials.expires_in = remaining(tokens.access_expires_at, now);
    credentials.refresh_token_expires_in = remaining(tokens.refresh_expires_at, now);
    return credentials;
}

persistence::SealedPair TokenVault::sealAnew(const persistence::SealedPair& pair) const {
    const auto key = cipher_.activeKey();
    const auto anew = [&](const char* column, const std::string& text) {
        const auto place =
            context(pair.scope, kTable, pair.account_id.str(), column, pair.generation);
        return cipher_.seal(place, cipher_.open(place, text), *key);
    };
    auto sealed = pair;
    sealed.key_id = key->id();
    sealed.access_sealed = anew("access_sealed", pair.access_sealed);
    if (pair.refresh_sealed) sealed.refresh_sealed = anew("refresh_sealed", *pair.refresh_sealed);
    if (pair.plugin_data_sealed)
        sealed.plugin_data_sealed = anew("plugin_data_sealed", *pair.plugin_data_sealed);
    return sealed;
}

void TokenVault::check(const persistence::SealedPair& pair) const {
    const auto open = [&](const char* column, const std::string& text) {
        cipher_.open(context(pair.scope, kTable, pair.account_id.str(), column, pair.generation),
                     text);
    };
    open("access_sealed", pair.access_sealed);
    if (pair.refresh_sealed) open("refresh_sealed", *pair.refresh_sealed);
    if (pair.plugin_data_sealed) open("plugin_data_sealed", *pair.plugin_data_sealed);
}

std::string TokenVault::sealText(const persistence::WorkspaceScope& scope, const char* table,
                                 const std::string& row, const char* column,
                                 const sdk::Secret& text) const {
    return cipher_.seal(context(scope, table, row, column, 0), text);
}

sdk::Secret TokenVault::openText(const persistence::WorkspaceScope& scope, const char* table,
                                 const std::string& row, const char* column,
                                 const std::string& sealed) const {
    return cipher_.open(context(scope, table, row, column, 0), sealed);
}

sdk::Secret serialize(const sdk::Credentials& credentials, TimePoint received_at) {
    WipedJson document;
    put(document, "accessToken", credentials.access_token);
    put(document, "refreshToken", credentials.refresh_token);
    put(document, "pluginData", credentials.plugin_data);
    auto& root = document.root;
    root["accessExpiresAt"] = optionalMillis(received_at, credentials.expires_in);
    root["refreshExpiresAt"] = optionalMillis(received_at, credentials.refresh_token_expires_in);
    root["refreshesItself"] = credentials.access_token_refreshes_itself;
    root["earliestRefreshAt"] = optionalMillis(received_at, credentials.earliest_refresh_after);
    root["scopes"] = credentials.scopes;
    root["tokenType"] = credentials.token_type;
    root["subject"] = credentials.subject;
    return sdk::Secret(document.dump());
}

sdk::Credentials deserialize(const sdk::Secret& text, TimePoint now) {
    const auto document = parsed(text);
    const auto& root = document.root;
    sdk::Credentials credentials;
    credentials.access_token = secretOf(document, "accessToken");
    credentials.expires_in = remaining(root.at("accessExpiresAt"), now);
    credentials.refresh_token = secretOf(document, "refreshToken");
    credentials.refresh_token_expires_in = remaining(root.at("refreshExpiresAt"), now);
    credentials.access_token_refreshes_itself = root.at("refreshesItself").get<bool>();
    credentials.earliest_refresh_after = remaining(root.at("earliestRefreshAt"), now);
    credentials.scopes = root.at("scopes").get<std::vector<std::string>>();
    credentials.token_type = root.at("tokenType").get<std::string>();
    credentials.subject = root.at("subject").get<std::string>();
    credentials.plugin_data = secretOf(document, "pluginData");
    return credentials;
}

}  // namespace postato::accounts
