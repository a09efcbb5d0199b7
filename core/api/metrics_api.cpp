#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"
#include "crypto/hashing.hpp"
#include "metrics/metrics.hpp"
#include "util/encoding.hpp"

namespace postato::api {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Hashes are compared, so that the time says nothing of the length either.
bool holdsToken(const http::Request& request, const sdk::Secret& token) {
    const auto* header = request.header("authorization");
    if (header == nullptr || !header->starts_with(kScheme)) return false;
    const auto given = std::string_view(*header).substr(kScheme.size());
    return equalConstantTime(crypto::sha256(given), crypto::sha256(token.reveal()));
}

}  // namespace

http::Response showMetrics(const RequestContext& context, Services& services) {
    const auto& token = services.options.metrics_token;
    if (token.empty()) throw notFound("Route");
    if (!holdsToken(context.request(), token))
        throw Error(ErrorCode::Unauthenticated,
                    PublicMessage{"The metrics are for whoever holds metrics.token"});
    auto response = http::Response::text(200, services.metrics.text());
    response.setHeader("content-type", kContentType);
    return response;
}

}  // namespace postato::api
