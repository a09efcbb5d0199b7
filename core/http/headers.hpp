#pragma once

/// \file
/// The security headers of each kind of answer. There is no CORS anywhere: other sites' scripts
/// have no business here.

#include <string>
#include <vector>

#include "http/message.hpp"

namespace postato::http {

/// What a page may differ in. The defaults are the strictest.
struct PagePolicy {
    /// Besides 'self'. A form whose answer redirects to a platform needs that platform's origin
    /// here, as browsers apply form-action to the whole chain.
    std::vector<std::string> form_action_origins;
    /// "same-origin" for pages with a form that is checked by its Origin: under "no-referrer"
    /// browsers send `Origin: null`.
    std::string referrer_policy = "no-referrer";
};

/// Sets headers on answers; `https` says that public_url is https, so browsers are told to stay
/// there (HSTS). Stateless and thread-safe.
class SecurityHeaders {
public:
    explicit SecurityHeaders(bool https) : https_(https) {}

    /// JSON: never cached, never sniffed, never framed.
    void applyToApi(Response& response) const;

    /// Private pages. Throws Error{Internal} when an origin is not `scheme://host[:port]`.
    void applyToPage(Response& response, const PagePolicy& policy = {}) const;

    /// Style sheets, scripts and images: the same for everybody, so they may be cached for a while.
    void applyToAsset(Response& response) const;

private:
    void applyCommon(Response& response) const;

    bool https_;
};

}  // namespace postato::http
