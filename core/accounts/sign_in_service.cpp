#include "accounts/sign_in_service.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "crypto/hashing.hpp"
#include "persistence/workspace_repository.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

using persistence::SessionRepository;
using persistence::ThrottleRepository;
using persistence::UserRepository;

constexpr std::size_t kSecretLength = 43;  // 256 bits of base64url
constexpr std::size_t kShortestPassword = 12;
constexpr std::size_t kLongestPassword = 1024;
constexpr std::chrono::milliseconds kTouchEvery{60'000};

/// 256 bits, as 43 characters of base64url.
std::string secretText(Random& random) { return toBase64Url(random.bytes(32)); }

bool looksLikeSecret(std::string_view text) {
    return text.size() == kSecretLength && fromBase64Url(text).has_value();
}

std::string byAddress(const std::string& address) { return "sign_in:address:" + address; }

// The hash bounds the length of the subject and keeps addresses of strangers out of the table.
std::string byEmail(const std::string& email) {
    return "sign_in:email:" + crypto::sha256Hex(email);
}

Error refused(const char* why) { return Error(ErrorCode::Unauthenticated, PublicMessage{why}); }

std::size_t countCharacters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

void checkNewPassword(const sdk::Secret& password) {
    if (countCharacters(password.reveal()) < kShortestPassword)
        throw invalidField("newPassword", "Must have at least 12 characters");
    if (password.size() > kLongestPassword)
        throw invalidField("newPassword", "Must have at most 1024 bytes");
}

bool looksLikeEmail(std::string_view text) {
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
    if (text.size() > 254 || text.find('@', at + 1) != std::string_view::npos) return false;
    const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    });
    return plain && isStorableText(text);
}

/// What a person does as themselves.
void recordOf(persistence::Transaction& tx, const persistence::User& user,
              const std::string& origin, const char* type, const nlohmann::json& data,
              Random& random) {
    audit::record(tx, {.type = type, .actor = {user.id.str(), origin}, .data = dumpJson(data)},
                  random);
}

}  // namespace

SignInService::SignInService(persistence::Database& database, Random& random, SessionPolicy policy)
    : database_(database), random_(random), policy_(policy) {}

void SignInService::throttle(const std::vector<std::string>& subjects) {
    struct Verdict {
        bool refused = false;
        std::chrono::milliseconds wait{0};
    };
    // Counted before the attempt, so that many at once cannot all slip through; and the count must
    // be committed, so the refusal is thrown outside the transaction.
    const auto verdict = database_.write([&](persistence::Transaction& tx) {
        Verdict result;
        for (const auto& subject : subjects) {
            const auto hits = ThrottleRepository(tx).hit(subject, policy_.window);
            if (hits.count <= policy_.attempts_per_window) continue;
            result.refused = true;
            result.wait = std::max(result.wait, hits.window_ends_at - tx.now());
        }
        return result;
    });
    if (!verdict.refused) return;
    Error error(ErrorCode::RateLimited, PublicMessage{"Too many attempts; try again later"});
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(
        std::max(verdict.wait, std::chrono::milliseconds(1)));
    throw error;
}

void SignInService::recordRefusal(const char* how, const std::string& whom,
                                  const std::string& origin) {
    // An address that nobody signs in with may be a password in the wrong field: so its hash.
    nlohmann::json data = {{"by", how}};
    if (!whom.empty()) data["emailHash"] = whom;
    database_.write([&](persistence::Transaction& tx) {
        audit::record(
            tx, {.type = "session.refused", .actor = {"nobody", origin}, .data = dumpJson(data)},
            random_);
    });
}

NewSession SignInService::open(persistence::Transaction& tx, const persistence::User& user) {
    const std::string token = secretText(random_);
    const TimePoint now = tx.now();
    const TimePoint expires_at = now + policy_.absolute;
    SessionRepository(tx).insert({.id_hash = crypto::sha256Hex(token),
                                  .user_id = user.id,
                                  .created_at = now,
                                  .last_seen_at = now,
                                  .expires_at = expires_at});
    return {sdk::Secret(token), expires_at, user};
}

NewSession SignInService::withPassword(const std::string& email, const sdk::Secret& password,
                                       const std::string& client_network) {
    const std::string address = toLower(email);
    const std::vector<std::string> subjects = {byAddress(client_network), byEmail(address)};
    throttle(subjects);

    const auto user = database_.read(
        [&](persistence::Transaction& tx) { return UserRepository(tx).findByEmail(address); });
    if (!hasher_.verify(user ? user->password_hash : std::nullopt, password)) {
        recordRefusal("password", crypto::sha256Hex(address), client_network);
        throw refused("The e-mail or the password is not right");
    }

    const bool rehash = crypto::PasswordHasher::needsRehash(*user->password_hash);
    const std::string hash = rehash ? hasher_.hash(password) : std::string();
    return database_.write([&](persistence::Transaction& tx) {
        if (rehash) UserRepository(tx).setPassword(user->id, hash);
        // Only failures count: people who share an address sign in as often as they like.
        for (const auto& subject : subjects) ThrottleRepository(tx).clear(subject);
        recordOf(tx, *user, client_network, "session.opened", {{"by", "password"}}, random_);
        return open(tx, *user);
    });
}

NewSession SignInService::withLink(const std::string& secret, const std::string& client_network) {
    throttle({byAddress(client_network)});
    std::optional<NewSession> session;
    if (looksLikeSecret(secret)) {
        session = database_.write([&](persistence::Transaction& tx) -> std::optional<NewSession> {
            const auto id = SessionRepository(tx).useLink(crypto::sha256Hex(secret));
            const auto user = id ? UserRepository(tx).find(*id) : std::nullopt;
            if (!user) return std::nullopt;
            ThrottleRepository(tx).clear(byAddress(client_network));
            recordOf(tx, *user, client_network, "session.opened", {{"by", "link"}}, random_);
            return open(tx, *user);
        });
    }
    if (!session) {
        recordRefusal("link", "", client_network);
        throw refused("This link was used already or is too old");
    }
    return std::move(*session);
}

std::optional<SignInService::Current> SignInService::current(const std::string& session_token) {
    if (!looksLikeSecret(session_token)) return std::nullopt;
    const std::string hash = crypto::sha256Hex(session_token);
    struct Look {
        std::optional<Current> current;
        TimePoint now;
        bool touch = false;
    };
    const auto look = database_.read([&](persistence::Transaction& tx) {
        Look result{std::nullopt, tx.now()};
        const auto session = SessionRepository(tx).find(hash);
        if (!session || session->expires_at <= result.now) return result;
        const auto idle = result.now - session->last_seen_at;
        if (idle >= policy_.idle) return result;
        const auto user = UserRepository(tx).find(session->user_id);
        if (user) result.current = Current{*user, hash};
        result.touch = user && idle >= kTouchEvery;
        return result;
    });
    if (look.touch) {
        try {
            database_.write(
                [&](persistence::Transaction& tx) { SessionRepository(tx).touch(hash, tx.now()); });
        } catch (const Error&) {
            // A database that takes no writes is no reason to answer no questions.
        }
    }
    return look.current;
}

void SignInService::signOut(const Current& who, const std::string& origin) {
    database_.write([&](persistence::Transaction& tx) {
        SessionRepository(tx).remove(who.session_hash);
        recordOf(tx, who.user, origin, "session.closed", nlohmann::json::object(), random_);
    });
}

std::string SignInService::csrfToken(const std::string& session_token) {
    return toBase64Url(crypto::hmacSha256(session_token, "postato csrf token"));
}

NewSession SignInService::setPassword(const Current& who, const std::string& origin,
                                      const std::optional<sdk::Secret>& current_password,
                                      const sdk::Secret& new_password) {
    checkNewPassword(new_password);
    const auto user = database_.read(
        [&](persistence::Transaction& tx) { return UserRepository(tx).find(who.user.id); });
    if (!user) throw refused("This person is gone");
    const std::string subject = "password:" + user->id.str();
    if (user->password_hash) {
        throttle({subject});
        if (!hasher_.verify(user->password_hash, current_password.value_or(sdk::Secret())))
            throw invalidField("currentPassword", "Is not right");
    }
    const std::string hash = hasher_.hash(new_password);
    return database_.write([&](persistence::Transaction& tx) {
        UserRepository(tx).setPassword(user->id, hash);
        ThrottleRepository(tx).clear(subject);
        recordOf(tx, *user, origin, "user.password_changed", nlohmann::json::object(), random_);
        auto session = open(tx, *user);
        session.user.password_hash = hash;
        SessionRepository(tx).removeOthers(user->id, crypto::sha256Hex(session.token.reveal()));
        return session;
    });
}

sdk::Secret SignInService::makeLink(const UserId& user, const audit::Actor& actor) {
    const std::string secret = secretText(random_);
    database_.write([&](persistence::Transaction& tx) {
        if (!UserRepository(tx).find(user)) throw notFound("User");
        SessionRepository(tx).insertLink(crypto::sha256Hex(secret), user,
                                         tx.now() + policy_.link_lifetime);
        audit::record(
            tx,
            {.type = "user.link_made", .actor = actor, .data = dumpJson({{"user", user.str()}})},
            random_);
    });
    return sdk::Secret(secret);
}

persistence::User SignInService::createUser(const std::string& email,
                                            const std::string& tenant_role,
                                            const audit::Actor& actor,
                                            const std::optional<Membership>& membership) {
    constexpr std::array<std::string_view, 3> kRoles = {"owner", "super_admin", "member"};
    const std::string address = toLower(email);
    if (!looksLikeEmail(address)) throw invalidField("email", "Is not an e-mail address");
    if (std::find(kRoles.begin(), kRoles.end(), tenant_role) == kRoles.end())
        throw invalidField("tenantRole", "Must be owner, super_admin or member");
    return database_.write([&](persistence::Transaction& tx) {
        const persistence::User user{.id = UserId::make(tx.now(), random_),
                                     .email = address,
                                     .password_hash = std::nullopt,
                                     .tenant_role = tenant_role,
                                     .created_at = tx.now()};
        UserRepository(tx).insert(user);
        audit::record(tx,
                      {.type = "user.created",
                       .actor = actor,
                       .data = dumpJson({{"user", user.id.str()}, {"tenantRole", tenant_role}})},
                      random_);
        if (membership) {
            const auto& [workspace, role] = *membership;
            persistence::WorkspaceRepository(tx).addMember(workspace, user.id, role);
            audit::record(tx, workspace,
                          {.type = "workspace.member_added",
                           .actor = actor,
                           .data = dumpJson({{"user", user.id.str()}, {"role", role}})},
                          random_);
        }
        return user;
    });
}

void SignInService::resetPassword(const UserId& user, const sdk::Secret& password,
                                  const audit::Actor& actor) {
    checkNewPassword(password);
    const std::string hash = hasher_.hash(password);
    database_.write([&](persistence::Transaction& tx) {
        if (!UserRepository(tx).find(user)) throw notFound("User");
        UserRepository(tx).setPassword(user, hash);
        SessionRepository(tx).removeOthers(user, "");
        audit::record(tx,
                      {.type = "user.password_reset",
                       .actor = actor,
                       .data = dumpJson({{"user", user.str()}})},
                      random_);
    });
}

}  // namespace postato::accounts
