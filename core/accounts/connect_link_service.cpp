#include "accounts/connect_link_service.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/hashing.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/workspace_repository.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

constexpr std::chrono::seconds kShortest{60};
constexpr std::chrono::seconds kLongest{std::chrono::hours(24 * 30)};
constexpr std::size_t kSecretLength = 43;  // 256 bits of base64url

}  // namespace

ConnectLinkService::ConnectLinkService(persistence::Database& database,
                                       const PlatformGateway& platforms,
                                       ConnectionService& connections, Random& random,
                                       std::string public_url)
    : database_(database),
      platforms_(platforms),
      connections_(connections),
      random_(random),
      public_url_(std::move(public_url)) {}

MadeConnectLink ConnectLinkService::make(const persistence::WorkspaceScope& scope,
                                         const NewConnectLink& request) {
    platforms_.require(request.platform);
    if (request.expires_in < kShortest || request.expires_in > kLongest)
        throw invalidField("expiresIn", "must be between 60 and 2592000 seconds");
    const std::string secret = toBase64Url(random_.bytes(32));
    return database_.write([&](persistence::Transaction& tx) {
        if (request.reconnect_account) {
            const auto account =
                persistence::AccountRepository(tx).find(scope, *request.reconnect_account);
            if (!account || account->platform != request.platform) throw notFound("Account");
        }
        const TimePoint now = tx.now();
        const persistence::ConnectLink link{.id = ConnectLinkId::make(now, random_),
                                            .workspace_id = scope.id(),
                                            .secret_hash = crypto::sha256Hex(secret),
                                            .platform = request.platform,
                                            .reconnect_account_id = request.reconnect_account,
                                            .return_url = request.return_url,
                                            .created_by = request.created_by.id,
                                            .created_at = now,
                                            .expires_at = now + request.expires_in};
        persistence::ConnectLinkRepository(tx).insert(scope, link);
        audit::record(tx, scope.id(),
                      {.type = "connect_link.created",
                       .actor = request.created_by,
                       .data = dumpJson({{"link", link.id.str()}, {"platform", link.platform}})},
                      random_);
        return MadeConnectLink{link.id, public_url_ + "/connect/links/" + secret, link.expires_at};
    });
}

ConnectInvitation ConnectLinkService::look(const std::string& secret) {
    using State = ConnectInvitation::State;
    ConnectInvitation invitation;
    if (secret.size() != kSecretLength) return invitation;
    return database_.read([&](persistence::Transaction& tx) {
        const auto found =
            persistence::ConnectLinkRepository(tx).findBySecret(crypto::sha256Hex(secret));
        if (!found) return invitation;
        const auto& link = found->link;
        invitation.state = link.used_at                  ? State::Used
                           : link.expires_at <= tx.now() ? State::Expired
                                                         : State::Open;
        invitation.platform = link.platform;
        const auto workspace = persistence::WorkspaceRepository(tx).find(link.workspace_id);
        if (workspace) invitation.workspace_name = workspace->name;
        if (const auto* entry = platforms_.registry.find(link.platform)) {
            invitation.platform_name = entry->display_name;
            if (entry->platform) {
                const auto& traits = entry->platform->traits();
                invitation.forces_account_choice = traits.forces_account_choice;
                for (const auto& scope : traits.scopes)
                    if (std::find(entry->scopes.begin(), entry->scopes.end(), scope.name) !=
                        entry->scopes.end())
                        invitation.scope_meanings.push_back(scope.meaning);
            }
        }
        if (link.reconnect_account_id) {
            const auto account =
                persistence::AccountRepository(tx).find(found->scope, *link.reconnect_account_id);
            if (account)
                invitation.reconnect_handle = account->profile.username
                                                  ? account->profile.username
                                                  : account->profile.display_name;
        }
        return invitation;
    });
}

std::optional<ConnectStarted> ConnectLinkService::accept(const std::string& secret,
                                                         const std::string& origin) {
    if (secret.size() != kSecretLength) return std::nullopt;
    const auto found = database_.write(
        [&](persistence::Transaction& tx) -> std::optional<persistence::ScopedConnectLink> {
            persistence::ConnectLinkRepository links(tx);
            auto link = links.findBySecret(crypto::sha256Hex(secret));
            if (!link || !links.use(link->scope, link->link.id)) return std::nullopt;
            return link;
        });
    if (!found) return std::nullopt;
    return connections_.start(found->scope, {.platform = found->link.platform,
                                             .reconnect_account = found->link.reconnect_account_id,
                                             .return_to = found->link.return_url,
                                             .person = std::nullopt,
                                             .link = found->link.id,
                                             .origin = origin});
}

}  // namespace postato::accounts
