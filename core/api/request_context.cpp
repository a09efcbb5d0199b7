#include "api/request_context.hpp"

#include <stdexcept>

#include "util/encoding.hpp"

namespace postato::api {
namespace {

// A person with hundreds of pages or channels ticks each of them.
constexpr http::QueryLimits kFormLimits = {.pairs = 1000};

}  // namespace

const persistence::WorkspaceScope& RequestContext::workspace() const {
    if (!workspace_) throw std::logic_error("the route names no workspace");
    return workspace_->scope;
}

const std::string& RequestContext::pathParameter(std::string_view name) const {
    const auto* value = match_.parameter(name);
    if (value == nullptr) throw std::logic_error("the route has no such parameter");
    return *value;
}

AccountId RequestContext::accountId() const {
    const auto id = AccountId::parse(pathParameter("accountId"));
    if (!id) throw notFound("Account");
    return *id;
}

http::QueryParameters RequestContext::query() const {
    auto parameters = http::QueryParameters::parse(request_.query);
    if (!parameters)
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"The query string is not valid"});
    return std::move(*parameters);
}

http::QueryParameters readForm(const http::Request& request) {
    auto parameters = http::QueryParameters::parse(request.body, kFormLimits);
    if (!parameters)
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"The form is not valid"});
    return std::move(*parameters);
}

std::string mediaType(const http::Request& request) {
    const auto* header = request.header("content-type");
    if (header == nullptr) return {};
    auto type = toLower(std::string_view(*header).substr(0, header->find(';')));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
    return type;
}

}  // namespace postato::api
