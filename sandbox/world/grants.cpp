#include "world/grants.hpp"

#include <algorithm>

namespace postato::sandbox {
namespace {

std::string keyOf(std::string_view platform, std::string_view value) {
    return std::string(platform) + ' ' + std::string(value);
}

}  // namespace

Code& Grants::addCode(std::string_view platform, Code code) {
    auto key = keyOf(platform, code.value);
    return codes_.insert_or_assign(std::move(key), std::move(code)).first->second;
}

Code* Grants::findCode(std::string_view platform, std::string_view value) {
    const auto found = codes_.find(keyOf(platform, value));
    return found == codes_.end() ? nullptr : &found->second;
}

Grant& Grants::open(Grant grant) {
    grant.id = grants_.size();
    return grants_.emplace_back(std::move(grant));
}

Token& Grants::issue(const Grant& grant, TokenKind kind, std::string value, Millis now,
                     std::optional<std::int64_t> lifetime_s) {
    auto key = keyOf(grant.platform, value);
    Token token{.value = std::move(value), .kind = kind, .grant = grant.id, .issued_at = now};
    if (lifetime_s) token.expires_at = now + 1000 * *lifetime_s;
    auto& stored = tokens_.insert_or_assign(std::move(key), std::move(token)).first->second;
    by_grant_[grant.id].push_back(&stored);
    return stored;
}

Token* Grants::find(std::string_view platform, std::string_view value) {
    const auto found = tokens_.find(keyOf(platform, value));
    return found == tokens_.end() ? nullptr : &found->second;
}

std::vector<Token*> Grants::tokensOf(GrantId id) {
    const auto found = by_grant_.find(id);
    return found == by_grant_.end() ? std::vector<Token*>{} : found->second;
}

void Grants::spend(Token& token, Millis now) {
    token.state = TokenState::Spent;
    token.ended_at = now;
}

void Grants::revoke(Token& token, Millis now) {
    if (token.state == TokenState::Revoked) return;
    token.state = TokenState::Revoked;
    token.ended_at = now;
}

void Grants::end(Grant& grant, EndReason reason, Millis now) {
    if (!grant.ended) grant.ended = reason;
    // A spent token stays spent: using it after the end is still a reuse.
    for (auto* token : tokensOf(grant.id)) {
        if (token->state == TokenState::Live) revoke(*token, now);
    }
}

int Grants::endAll(std::string_view platform, std::string_view person_id,
                   std::string_view client_id, EndReason reason, Millis now) {
    int ended = 0;
    for (auto& grant : grants_) {
        if (grant.platform != platform || grant.person_id != person_id || grant.ended) continue;
        if (!client_id.empty() && grant.client_id != client_id) continue;
        end(grant, reason, now);
        ++ended;
    }
    return ended;
}

void Grants::withdrawScope(std::string_view platform, std::string_view person_id,
                           std::string_view scope) {
    for (auto& grant : grants_) {
        if (grant.platform == platform && grant.person_id == person_id) {
            std::erase(grant.scopes, scope);
        }
    }
}

void Grants::revokeOthers(const Token& keep, Millis now) {
    for (auto* token : tokensOf(keep.grant)) {
        if (token != &keep && token->kind == keep.kind && token->state == TokenState::Live) {
            revoke(*token, now);
        }
    }
}

bool Grants::alive(const Grant& grant, Millis now) const {
    const auto found = by_grant_.find(grant.id);
    if (grant.ended || found == by_grant_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(),
                       [now](const Token* token) { return token->usable(now); });
}

}  // namespace postato::sandbox
