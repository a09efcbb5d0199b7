#pragma once

// Codes, grants and tokens: the truth that the oracle reports.
//
// A grant is what one redeemed code opened: a person, a client, scopes, and all tokens that follow
// from it. It ends as a whole (the person removes the app, a revocation that reaches it); single
// tokens end by rotation ("spent"), by revocation, or by time.

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "world/clock.hpp"

namespace postato::sandbox {

using GrantId = std::size_t;

/// Why a grant is over; some platforms tell their reason in the error.
enum class EndReason {
    RevokedByApp = 1,
    AppRemoved,
    PasswordChanged,
    Checkpoint,
    UnconfirmedUser,
    LoggedOut,
    SessionInvalid,
    Superseded,
    ReuseDetected,
};

enum class TokenKind { Access = 1, Refresh, Page };
enum class TokenState { Live = 1, Spent, Revoked };

struct Code {
    std::string value;
    std::string client_id;
    std::string person_id;
    std::string redirect_uri;
    std::vector<std::string> scopes;
    std::vector<std::string> channels;
    std::string challenge;
    std::string challenge_method;
    bool wants_refresh_token = true;  // Google: offline access on a first or forced consent
    Millis expires_at = 0;
    std::optional<GrantId> redeemed{};
};

struct Grant {
    GrantId id = 0;
    std::string platform;
    std::string client_id;
    std::string person_id;
    std::vector<std::string> scopes;
    std::vector<std::string> channels;
    Millis opened_at = 0;
    std::optional<EndReason> ended{};
    int generation = 1;  // how many token sets it has answered with
    int rotations = 0;   // how often its refresh credential was replaced
    int reuse_attempts = 0;
};

struct Token {
    std::string value;
    TokenKind kind = TokenKind::Access;
    GrantId grant = 0;
    Millis issued_at = 0;
    std::optional<Millis> expires_at{};
    TokenState state = TokenState::Live;
    std::optional<Millis> ended_at{};
    bool short_lived = false;  // Meta: straight from the code, not yet exchanged
    std::string channel_id{};  // the Page of a Page token
    int flakes_left = 0;       // LinkedIn: spurious refusals still to come

    bool expired(Millis now) const { return expires_at && *expires_at <= now; }
    bool usable(Millis now) const { return state == TokenState::Live && !expired(now); }
};

class Grants {
public:
    Code& addCode(std::string_view platform, Code code);
    /// Null when this platform never gave out that code.
    Code* findCode(std::string_view platform, std::string_view value);

    Grant& open(Grant grant);
    Grant& at(GrantId id) { return grants_.at(id); }
    const Grant& at(GrantId id) const { return grants_.at(id); }
    const std::deque<Grant>& all() const { return grants_; }

    /// `lifetime_s` absent: does not expire.
    Token& issue(const Grant& grant, TokenKind kind, std::string value, Millis now,
                 std::optional<std::int64_t> lifetime_s);
    Token* find(std::string_view platform, std::string_view value);
    std::vector<Token*> tokensOf(GrantId id);

    void spend(Token& token, Millis now);
    void revoke(Token& token, Millis now);
    /// Ends the grant with all its tokens; the first reason stays.
    void end(Grant& grant, EndReason reason, Millis now);
    /// Ends every grant of the person, of one client or (empty) of all; tells how many were open.
    int endAll(std::string_view platform, std::string_view person_id, std::string_view client_id,
               EndReason reason, Millis now);
    /// Takes one scope out of the person's grants.
    void withdrawScope(std::string_view platform, std::string_view person_id,
                       std::string_view scope);
    /// Ends the tokens of one kind that stand before `keep`.
    void revokeOthers(const Token& keep, Millis now);

    /// Whether any token of the grant still works.
    bool alive(const Grant& grant, Millis now) const;

private:
    std::deque<Grant> grants_;
    std::unordered_map<std::string, Code> codes_;                // by platform and value
    std::unordered_map<std::string, Token> tokens_;              // by platform and value
    std::unordered_map<GrantId, std::vector<Token*>> by_grant_;  // nodes of a map stay in place
};

}  // namespace postato::sandbox
