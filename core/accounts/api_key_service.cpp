#include "accounts/api_key_service.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hashing.hpp"
#include "persistence/workspace_repository.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

using persistence::ApiKeyRepository;

constexpr std::string_view kPrefix = "smcp_";
constexpr std::size_t kKeyLength = 69;
constexpr std::size_t kShownLength = 12;
constexpr std::size_t kLongestName = 100;
constexpr std::chrono::milliseconds kTouchEvery{60'000};

bool looksLikeKey(std::string_view text) {
    if (text.size() != kKeyLength || !text.starts_with(kPrefix)) return false;
    text.remove_prefix(kPrefix.size());
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void check(const NewApiKey& request) {
    if (request.name.empty() || request.name.size() > kLongestName || !isStorableText(request.name))
        throw invalidField("name", "Must have 1 to 100 bytes");
    if (request.permissions.empty()) throw invalidField("permissions", "At least one is needed");
    const auto& known = knownPermissions();
    for (const auto& permission : request.permissions)
        if (std::find(known.begin(), known.end(), permission) == known.end())
            throw invalidField("permissions", "'" + permission + "' is unknown");
    if (request.all_workspaces != request.workspaces.empty())
        throw invalidField("workspaces", "Name at least one, or all");
    if (request.expires_in && request.expires_in->count() <= 0)
        throw invalidField("expiresIn", "Must be positive");
}

/// `all`, or their ids.
nlohmann::json workspacesOf(const NewApiKey& request) {
    if (request.all_workspaces) return "all";
    auto ids = nlohmann::json::array();
    for (const auto& id : request.workspaces) ids.push_back(id.str());
    return ids;
}

}  // namespace

const std::vector<std::string>& knownPermissions() {
    static const std::vector<std::string> known = {
        "accounts.read", "accounts.connect", "accounts.refresh", "accounts.disconnect",
        "posts.read",    "posts.publish",    "posts.approve",    "posts.delete",
        "media.read",    "media.write",      "webhooks.manage"};
    return known;
}

MadeApiKey ApiKeyService::create(const NewApiKey& request, const audit::Actor& actor) {
    check(request);
    const std::string key = std::string(kPrefix) + toHex(random_.bytes(32));
    auto record = database_.write([&](persistence::Transaction& tx) {
        persistence::WorkspaceRepository workspaces(tx);
        for (const auto& workspace : request.workspaces)
            if (!workspaces.exists(workspace))
                throw invalidField("workspaces", "'" + workspace.str() + "' is unknown");
        persistence::ApiKey made{.id = ApiKeyId::make(tx.now(), random_),
                                 .name = request.name,
                                 .prefix = key.substr(0, kShownLength),
                                 .hash = crypto::sha256Hex(key),
                                 .all_workspaces = request.all_workspaces,
                                 .permissions = request.permissions,
                                 .created_at = tx.now(),
                                 .expires_at = std::nullopt,
                                 .last_used_at = std::nullopt,
                                 .revoked_at = std::nullopt,
                                 .workspaces = request.workspaces};
        if (request.expires_in) made.expires_at = tx.now() + *request.expires_in;
        ApiKeyRepository(tx).insert(made);
        audit::record(tx,
                      {.type = "api_key.created",
                       .actor = actor,
                       .data = dumpJson({{"apiKey", made.id.str()},
                                         {"name", made.name},
                                         {"workspaces", workspacesOf(request)},
                                         {"permissions", made.permissions}})},
                      random_);
        return made;
    });
    return {sdk::Secret(key), std::move(record)};
}

std::optional<persistence::ApiKey> ApiKeyService::authenticate(std::string_view presented) {
    if (!looksLikeKey(presented)) return std::nullopt;
    struct Look {
        std::optional<persistence::ApiKey> key;
        TimePoint now;
    };
    auto look = database_.read([&](persistence::Transaction& tx) {
        return Look{ApiKeyRepository(tx).findUsable(crypto::sha256Hex(presented)), tx.now()};
    });
    if (!look.key) return std::nullopt;
    // Once a minute is enough to see whether a key is in use, and spares a write on each request.
    if (!look.key->last_used_at || look.now - *look.key->last_used_at >= kTouchEvery) {
        try {
            database_.write([&](persistence::Transaction& tx) {
                ApiKeyRepository(tx).touch(look.key->id, tx.now());
            });
        } catch (const Error&) {
            // A database that takes no writes is no reason to answer no questions.
        }
    }
    return std::move(look.key);
}

std::vector<persistence::ApiKey> ApiKeyService::list() {
    return database_.read([](persistence::Transaction& tx) { return ApiKeyRepository(tx).list(); });
}

bool ApiKeyService::revoke(const ApiKeyId& id, const audit::Actor& actor) {
    return database_.write([&](persistence::Transaction& tx) {
        if (!ApiKeyRepository(tx).revoke(id)) return false;
        audit::record(
            tx,
            {.type = "api_key.revoked", .actor = actor, .data = dumpJson({{"apiKey", id.str()}})},
            random_);
        return true;
    });
}

}  // namespace postato::accounts
