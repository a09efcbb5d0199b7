#pragma once

// The apps registered at the platforms, and which redirect URIs each may use.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::sandbox {

struct Client {
    std::string platform;
    std::string id;
    std::string secret;
    std::vector<std::string> redirect_uris;
    bool any_loopback = false;  // the bundled client: any http URI on this machine will do
    bool is_public = false;     // X: a Native app, which has no secret
    bool disabled = false;      // the platform has switched the app off
};

/// What a platform demands of every redirect URI, registered or not.
struct RedirectPolicy {
    bool https_only = false;
    bool localhost_may_be_http = false;
    bool no_ip_literals = false;
    bool no_query = false;
    bool ignores_query = false;  // when comparing with the registered ones
    std::size_t longest = 2048;
};

/// An http URI whose host is localhost, 127.0.0.1 or [::1], without a fragment.
bool isLoopbackHttp(std::string_view uri);

/// `strict` adds the platform's policy and withdraws the bundled client's privilege.
bool acceptsRedirect(const Client& client, std::string_view uri, const RedirectPolicy& policy,
                     bool strict);

class Clients {
public:
    /// One bundled client for each platform: `sandbox-<platform>`, `sandbox-<platform>-secret`.
    explicit Clients(const std::vector<std::string>& platforms);

    /// Null when no such client is registered.
    Client* find(std::string_view platform, std::string_view id);
    const Client* find(std::string_view platform, std::string_view id) const;

    /// Registers a client or replaces the one with this id.
    void put(Client client);
    void setDisabled(std::string_view platform, bool disabled);
    std::vector<Client> list() const;

private:
    std::map<std::pair<std::string, std::string>, Client> clients_;  // by platform and id
};

}  // namespace postato::sandbox
