#pragma once

// What the six pretend platforms have in common: a route table, the hooks of the authorization
// page, and the rules of codes and tokens that every OAuth server has. A platform adds its own
// paths, spellings and quirks; each is one file.
//
// Everything here runs under the lock that guards the World.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/message.hpp"
#include "world/endpoint.hpp"
#include "world/platform_facts.hpp"
#include "world/world.hpp"

namespace postato::sandbox {

/// Answers that tests ask for by name, each in the platform's own words.
enum class Refusal { DeadGrant = 1, InvalidClient, RateLimited };

enum class CodeProblem { Unknown = 1, Used, Expired, OtherClient, OtherRedirect };

enum class AccessProblem { Missing = 1, Unknown, Expired, Ended, Suspended, AppDisabled };

/// A presented access token that works.
struct Access {
    Token& token;
    Grant& grant;
    Person& person;
};

struct AccessFailure {
    AccessProblem problem;
    std::optional<EndReason> reason{};  // when the grant has ended
};

class Platform {
public:
    struct Route {
        std::string method;
        std::string path;  // below the prefix; a segment `*` is anything, `v*` a Graph version
        Endpoint endpoint;
        std::function<Response(const Request&)> answer;
    };

    Platform(World& world, PlatformFacts facts) : world_(world), facts_(std::move(facts)) {}
    virtual ~Platform() = default;
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    const PlatformFacts& facts() const { return facts_; }

    /// The route for a path below the prefix; null when there is none. `allowed` then names the
    /// methods the path has, empty for an unknown path.
    const Route* route(std::string_view method, std::string_view path, std::string& allowed) const;

    /// The kind of this call; token and refresh requests often share one path.
    virtual Endpoint endpointOf(const Route& route, const Request& request) const;

    virtual Response refusal(Refusal refusal, Endpoint endpoint) const = 0;

    // Hooks of the authorization page (authorization.hpp).

    virtual std::string newCode() const { return randomCode(); }
    /// Parameters of the redirect after consent and after denial.
    virtual Parameters approved(const Code& code, const std::optional<std::string>& state) const;
    virtual Parameters denied(const Answer& answer, const std::optional<std::string>& state) const;
    /// What the platform puts behind the redirect's query, e.g. `#_`.
    virtual std::string_view redirectFragment() const { return ""; }
    /// What comes instead of a code, for a person who cannot connect.
    virtual std::optional<Response> turnAway(const Person& person,
                                             const AuthorizationRequest& request) const;
    /// The last word before a code is given out; `earlier` is null at a first consent.
    virtual void beforeCode(Code& code, const AuthorizationRequest& request,
                            const Consent* earlier);
    virtual std::int64_t codeLifetime() const = 0;  // seconds, when no test has set it

protected:
    struct AuthorizationStyle {
        std::string client_parameter = "client_id";
        bool response_type_optional = false;
    };

    /// Reads what all authorization requests have and checks client, redirect URI, response type
    /// and repetition. Returns the error page, or nothing when `out` is good.
    std::optional<Response> readAuthorization(const Request& request,
                                              const AuthorizationStyle& style,
                                              AuthorizationRequest& out) const;
    /// The error page for an authorization request that names no known client.
    virtual Response unknownClientPage() const;
    /// Scopes that the platform does not have.
    std::vector<std::string> unknownScopes(const std::vector<std::string>& scopes) const;
    /// Back to the app with an error, before any page was shown.
    Response redirectError(const AuthorizationRequest& request, std::string error,
                           std::string description) const;

    /// What is wrong with a POST to a token endpoint before its meaning is looked at.
    std::optional<std::string> formProblem(const Request& request) const;

    std::variant<Code*, CodeProblem> checkCode(const std::string& value,
                                               const std::string& client_id,
                                               const std::string& redirect_uri);
    /// Opens the grant of a checked code and marks the code as used.
    Grant& redeem(Code& code);

    /// Whether a presented refresh credential works for this client. Counts the reuse of a spent
    /// one. With the switch `rotation` at `grace` a spent one still works for a while.
    Token* acceptRefresh(const std::string& value, const std::string& client_id, TokenKind kind);

    std::variant<Access, AccessFailure> checkAccess(const std::optional<std::string>& value);
    /// Whether the person may be acted for and the app is switched on.
    std::optional<AccessProblem> standing(const Grant& grant) const;

    Token& issueAccess(const Grant& grant, std::string value, std::int64_t lifetime_s);
    Token& issueRefresh(const Grant& grant, std::string value, std::int64_t lifetime_s);
    std::int64_t accessLifetime(std::int64_t usual) const;
    std::int64_t refreshLifetime(std::int64_t usual) const;

    /// The token body after the switches extraFields, reverseFields, omitFields and
    /// expiresInAsString.
    Json shaped(Json body) const;
    /// An API body after extraFields and reverseFields.
    Json dressed(Json body) const;

    PlatformState& state() const { return world_.at(facts_.id); }
    const Switches& switches() const { return state().switches; }
    Millis now() const { return world_.clock.now(); }
    const Client* client(std::string_view id) const { return world_.clients.find(facts_.id, id); }
    /// An id that another app sees differently, as hex of at least `length` characters.
    std::string appScopedId(const Grant& grant, std::size_t length) const;

    static std::string randomCode();

    void add(std::string method, std::string path, Endpoint endpoint,
             std::function<Response(const Request&)> answer) {
        routes_.push_back({std::move(method), std::move(path), endpoint, std::move(answer)});
    }

    World& world_;

private:
    const PlatformFacts facts_;
    std::vector<Route> routes_;
};

/// Whole seconds from `now` until `then`, never negative.
std::int64_t secondsUntil(Millis then, Millis now);

/// All platforms, each bound to the world.
std::vector<std::unique_ptr<Platform>> makePlatforms(World& world);
/// What the world has to know to be made.
std::vector<PlatformFacts> allPlatformFacts();

}  // namespace postato::sandbox
