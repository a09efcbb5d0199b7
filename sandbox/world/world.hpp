#pragma once

// The whole state of the pretend platforms. Plain data without a lock of its own: whoever holds a
// World (class Sandbox) lets one thread at a time touch it.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "world/clients.hpp"
#include "world/clock.hpp"
#include "world/endpoint.hpp"
#include "world/grants.hpp"
#include "world/people.hpp"
#include "world/platform_facts.hpp"
#include "world/switches.hpp"

namespace postato::sandbox {

/// What to do with `state` in the redirect back.
enum class StateMode { Keep = 1, Omit, Alter };

/// A person's answer on an authorization page, clicked or scripted.
struct Answer {
    std::string person_id;
    bool approve = false;
    std::optional<std::vector<std::string>> scopes{};    // absent: all that were asked
    std::optional<std::vector<std::string>> channels{};  // absent: all that the person has
    std::string error{};                                 // of a denial; empty: the usual one
    std::string error_description{};
    StateMode state = StateMode::Keep;
};

/// A checked authorization request, waiting for an answer.
struct AuthorizationRequest {
    std::string client_id;
    std::string redirect_uri;
    std::optional<std::string> state;
    std::vector<std::string> scopes;
    std::string challenge;
    std::string challenge_method;
    bool force_chooser = false;    // the request asked for the account chooser
    bool may_skip_page = false;    // a signed-in person who has consented before need not see it
    bool offline = true;           // Google: access_type=offline
    bool force_consent = false;    // Google: prompt=consent
    bool include_granted = false;  // Google: add what was granted before
};

struct PendingAuthorization {
    std::string platform;
    AuthorizationRequest request;
    std::optional<std::string> location;  // once answered: where every repeated click leads
};

/// That a person has once allowed a client something.
struct Consent {
    std::vector<std::string> scopes;
    Millis first_at = 0;
};

/// Seconds set by tests; absent: what the platform does by itself.
struct Lifetimes {
    std::optional<std::int64_t> access{};
    std::optional<std::int64_t> refresh{};
    std::optional<std::int64_t> code{};
};

struct PlatformState {
    std::vector<Person> people;
    Switches switches;
    Lifetimes lifetimes{};
    std::deque<Answer> answers{};  // scripted, first come first served
    std::string signed_in{};       // who answered last
    std::map<Endpoint, std::int64_t> requests{};
    std::map<std::string, std::deque<Millis>> recent_calls{};  // by person, where calls are limited

    Person* person(std::string_view id);
};

struct World {
    explicit World(const std::vector<PlatformFacts>& platforms);

    /// Must be one of the platforms.
    PlatformState& at(std::string_view platform);
    /// Null for anything but a platform.
    PlatformState* find(std::string_view platform);

    Consent* consent(std::string_view platform, std::string_view client, std::string_view person);
    void remember(std::string_view platform, std::string_view client, std::string_view person,
                  std::vector<std::string> scopes);
    /// The person removes the app: consents and grants end. Empty client: all apps.
    void forget(std::string_view platform, std::string_view client, std::string_view person,
                EndReason reason);

    /// Whether the platform still honours the grant: a token works, the person is not suspended.
    bool alive(const Grant& grant);

    Clock clock;
    Clients clients;
    Grants grants;
    std::map<std::string, PlatformState, std::less<>> platforms;
    std::map<std::string, PendingAuthorization, std::less<>> pending;  // by ticket
    std::map<std::tuple<std::string, std::string, std::string>, Consent> consents;
};

}  // namespace postato::sandbox
