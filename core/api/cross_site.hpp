#pragma once

/// \file
/// Keeps other sites from acting through a person's browser (SES-03): what a cookie authorises must
/// come from our own pages, and prove it twice.

#include <string>

#include "api/principal.hpp"
#include "api/route.hpp"
#include "http/message.hpp"

namespace postato::api {

/// GET and HEAD change nothing that another site could want changed.
bool isUnsafe(std::string_view method);

/// Whether the body is of a kind that the row reads: JSON, or a form where pages post one. A
/// request without a body needs to state no kind.
bool acceptsBody(const Route& route, const http::Request& request);

/// For unsafe methods. Throws Error{PermissionDenied} unless the request comes from our own origin,
/// as far as its browser says (`Origin`, `Sec-Fetch-Site`), and, where a session acts, carries its
/// CSRF token: in `X-CSRF-Token`, or in the field `csrf` of a form where the row takes one. An API
/// key is no cookie: no browser sends it by itself.
void refuseCrossSite(const Route& route, const http::Request& request, const Principal& principal,
                     const std::string& public_origin);

}  // namespace postato::api
