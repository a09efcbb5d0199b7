// The rules of codes and tokens that every platform shares: Platform's other half.

#include "platforms/platform.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {

std::variant<Code*, CodeProblem> Platform::checkCode(const std::string& value,
                                                     const std::string& client_id,
                                                     const std::string& redirect_uri) {
    auto* code = world_.grants.findCode(facts_.id, value);
    if (!code) return CodeProblem::Unknown;
    if (code->client_id != client_id) return CodeProblem::OtherClient;
    if (code->redeemed) {
        if (switches().on("codeReuseRevokes")) {
            world_.grants.end(world_.grants.at(*code->redeemed), EndReason::ReuseDetected, now());
        }
        return CodeProblem::Used;
    }
    if (code->expires_at <= now()) return CodeProblem::Expired;
    if (code->redirect_uri != redirect_uri) return CodeProblem::OtherRedirect;
    return code;
}

Grant& Platform::redeem(Code& code) {
    auto& grant = world_.grants.open({.platform = facts_.id,
                                      .client_id = code.client_id,
                                      .person_id = code.person_id,
                                      .scopes = code.scopes,
                                      .channels = code.channels,
                                      .opened_at = now()});
    code.redeemed = grant.id;
    return grant;
}

Token* Platform::acceptRefresh(const std::string& value, const std::string& client_id,
                               TokenKind kind) {
    auto* token = world_.grants.find(facts_.id, value);
    if (!token || token->kind != kind) return nullptr;
    auto& grant = world_.grants.at(token->grant);
    if (grant.client_id != client_id || standing(grant)) return nullptr;
    if (token->state == TokenState::Spent) {
        ++grant.reuse_attempts;
        // The switches asked for here stand only at platforms that spend refresh tokens.
        const bool in_grace = switches().text("rotation") == "grace" && !grant.ended &&
                              now() < *token->ended_at + 1000 * switches().number("graceSeconds");
        if (in_grace) return token;
        if (switches().on("reuseKillsGrant")) {
            world_.grants.end(grant, EndReason::ReuseDetected, now());
        }
        return nullptr;
    }
    return token->usable(now()) ? token : nullptr;
}

std::optional<AccessProblem> Platform::standing(const Grant& grant) const {
    const auto* app = client(grant.client_id);
    if (!app || app->disabled) return AccessProblem::AppDisabled;
    const auto* person = state().person(grant.person_id);
    if (person->suspended) return AccessProblem::Suspended;
    return std::nullopt;
}

std::variant<Access, AccessFailure> Platform::checkAccess(const std::optional<std::string>& value) {
    if (!value || value->empty()) return AccessFailure{AccessProblem::Missing};
    auto* token = world_.grants.find(facts_.id, *value);
    if (!token || token->kind == TokenKind::Refresh) return AccessFailure{AccessProblem::Unknown};
    auto& grant = world_.grants.at(token->grant);
    if (const auto problem = standing(grant)) return AccessFailure{*problem};
    if (token->state != TokenState::Live) return AccessFailure{AccessProblem::Ended, grant.ended};
    if (token->expired(now())) return AccessFailure{AccessProblem::Expired};
    return Access{*token, grant, *state().person(grant.person_id)};
}

Token& Platform::issueAccess(const Grant& grant, std::string value, std::int64_t lifetime_s) {
    return world_.grants.issue(grant, TokenKind::Access, std::move(value), now(), lifetime_s);
}

Token& Platform::issueRefresh(const Grant& grant, std::string value, std::int64_t lifetime_s) {
    return world_.grants.issue(grant, TokenKind::Refresh, std::move(value), now(), lifetime_s);
}

std::int64_t Platform::accessLifetime(std::int64_t usual) const {
    return state().lifetimes.access.value_or(usual);
}

std::int64_t Platform::refreshLifetime(std::int64_t usual) const {
    return state().lifetimes.refresh.value_or(usual);
}

}  // namespace postato::sandbox
