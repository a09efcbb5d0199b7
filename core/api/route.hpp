#pragma once

/// \file
/// What a row of the route table says.

#include <string_view>

#include "http/message.hpp"
#include "http/server_options.hpp"

namespace postato::api {

class RequestContext;
struct Services;

/// Who may call. Unsafe methods that act by a cookie must come from our own pages, whatever the row
/// says (see cross_site.hpp). An API key is refused with 403 wherever the row is for people.
enum class Access {
    Public = 1,   ///< anybody; credentials are not looked at
    SignIn,       ///< anybody, from our own pages
    Caller,       ///< an API key or a session; else 401
    Session,      ///< a session; else 401
    SessionForm,  ///< as Session; a form of our own pages may be posted as well as JSON
    SessionPage,  ///< as Session, but a page: without a session to the sign-in page
    State  ///< a page of a connect flow: its secrets decide, a session is noted if there is one
};

/// Pages answer failures with a page, everything else with the JSON envelope.
constexpr bool isPage(Access access) {
    return access == Access::SessionPage || access == Access::State;
}

/// Parses, calls one service, renders; decides nothing.
using Handler = http::Response (*)(const RequestContext&, Services&);

struct Route {
    std::string_view method;
    std::string_view pattern;
    Access access;
    http::Lane lane;
    std::string_view permission;  ///< in the workspace of the path; empty: none
    Handler handler;
};

}  // namespace postato::api
