#pragma once

/// \file
/// What a handler is handed: the request, who sent it, and the workspace it is about.

#include <optional>
#include <string>

#include "api/principal.hpp"
#include "api/workspace_gate.hpp"
#include "http/message.hpp"
#include "http/query.hpp"
#include "http/routing.hpp"

namespace postato::api {

/// Borrows the request and the match; lives as long as one call of a handler.
class RequestContext {
public:
    RequestContext(const http::Request& request, const http::RouteMatch& match,
                   const Principal& principal, std::optional<WorkspaceEntry> workspace)
        : request_(request),
          match_(match),
          principal_(principal),
          workspace_(std::move(workspace)) {}

    const http::Request& request() const { return request_; }
    const Principal& principal() const { return principal_; }

    /// The workspace of the path, entered with the route's permission. Only on routes that name
    /// one.
    const persistence::WorkspaceScope& workspace() const;

    /// The caller, and the network the request came from. Only for somebody.
    audit::Actor actor() const { return {principal_.actorId(), request_.client_network}; }

    /// A parameter that the route's pattern names, decoded.
    const std::string& pathParameter(std::string_view name) const;

    /// The account of the path. Throws Error{NotFound} for what cannot be an id, as for any account
    /// that is not there.
    AccountId accountId() const;

    /// Throws Error{InvalidArgument} when the query string cannot be read.
    http::QueryParameters query() const;

private:
    const http::Request& request_;
    const http::RouteMatch& match_;
    const Principal& principal_;
    std::optional<WorkspaceEntry> workspace_;
};

/// The parameters of a form body. Throws Error{InvalidArgument} when it cannot be read.
http::QueryParameters readForm(const http::Request& request);

/// The media type of the body in lower case and without parameters; empty when none is stated.
std::string mediaType(const http::Request& request);
inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

}  // namespace postato::api
