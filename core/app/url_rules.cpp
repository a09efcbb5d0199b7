#include "app/url_rules.hpp"

#include "net/url.hpp"

namespace postato::app {

std::optional<std::string> problemWithUrl(const std::string& url) {
    const auto parsed = net::parseUrl(url);
    if (!parsed) return "is not an address; write https://host/..., without user name or #fragment";
    if (!parsed->secure() && !net::isLoopbackHost(parsed->host))
        return "must be https; plain http is allowed only for localhost and loopback addresses";
    return std::nullopt;
}

std::optional<std::string> problemWithOrigin(const std::string& url) {
    if (auto problem = problemWithUrl(url)) return problem;
    if (net::parseUrl(url)->target != "/")
        return "must be scheme, host and port alone, without a path";
    return std::nullopt;
}

}  // namespace postato::app
