#include "world/clients.hpp"

#include <algorithm>
#include <cctype>

namespace postato::sandbox {
namespace {

std::string_view withoutQuery(std::string_view uri) { return uri.substr(0, uri.find('?')); }

/// Empty for anything that a browser might read in another way: credentials before the host,
/// blanks, control characters.
std::string_view hostOf(std::string_view uri) {
    const auto scheme = uri.find("://");
    const bool odd =
        std::any_of(uri.begin(), uri.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
    if (scheme == std::string_view::npos || odd) return {};
    uri.remove_prefix(scheme + 3);
    uri = uri.substr(0, uri.find_first_of("/?#\\"));
    if (uri.find('@') != std::string_view::npos) return {};
    if (uri.starts_with("[")) return uri.substr(0, uri.find(']') + 1);
    return uri.substr(0, uri.find(':'));
}

bool isIpLiteral(std::string_view host) {
    return host.starts_with("[") || std::all_of(host.begin(), host.end(), [](unsigned char c) {
               return std::isdigit(c) != 0 || c == '.';
           });
}

bool obeys(const RedirectPolicy& policy, std::string_view uri) {
    const auto host = hostOf(uri);
    const bool local_http = policy.localhost_may_be_http && host == "localhost";
    if (policy.https_only && !uri.starts_with("https://") && !local_http) return false;
    if (policy.no_ip_literals && isIpLiteral(host)) return false;
    if (policy.no_query && uri.find('?') != std::string_view::npos) return false;
    return uri.find('#') == std::string_view::npos && uri.size() < policy.longest;
}

}  // namespace

bool isLoopbackHttp(std::string_view uri) {
    const auto host = hostOf(uri);
    return uri.starts_with("http://") && uri.find('#') == std::string_view::npos &&
           (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

bool acceptsRedirect(const Client& client, std::string_view uri, const RedirectPolicy& policy,
                     bool strict) {
    if (strict && !obeys(policy, uri)) return false;
    if (!strict && client.any_loopback && isLoopbackHttp(uri)) return true;
    return std::any_of(client.redirect_uris.begin(), client.redirect_uris.end(),
                       [&](const std::string& registered) {
                           return policy.ignores_query
                                      ? withoutQuery(registered) == withoutQuery(uri)
                                      : registered == uri;
                       });
}

Clients::Clients(const std::vector<std::string>& platforms) {
    for (const auto& platform : platforms) {
        const auto id = "sandbox-" + platform;
        put({.platform = platform,
             .id = id,
             .secret = id + "-secret",
             .redirect_uris = {},
             .any_loopback = true});
    }
}

Client* Clients::find(std::string_view platform, std::string_view id) {
    const auto found = clients_.find({std::string(platform), std::string(id)});
    return found == clients_.end() ? nullptr : &found->second;
}

const Client* Clients::find(std::string_view platform, std::string_view id) const {
    const auto found = clients_.find({std::string(platform), std::string(id)});
    return found == clients_.end() ? nullptr : &found->second;
}

void Clients::put(Client client) {
    clients_.insert_or_assign({client.platform, client.id}, std::move(client));
}

void Clients::setDisabled(std::string_view platform, bool disabled) {
    for (auto& [key, client] : clients_) {
        if (client.platform == platform) client.disabled = disabled;
    }
}

std::vector<Client> Clients::list() const {
    std::vector<Client> out;
    for (const auto& [key, client] : clients_) out.push_back(client);
    return out;
}

}  // namespace postato::sandbox
