#include <nlohmann/json.hpp>

#include "accounts/connect_link_service.hpp"
#include "api/body_reader.hpp"
#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"

namespace postato::api {
namespace {

constexpr std::int64_t kShortest = 60;
constexpr std::int64_t kLongest = 30LL * 24 * 3600;

accounts::NewConnectLink readLink(const RequestContext& context, const ApiOptions& options) {
    BodyReader body(context.request());
    accounts::NewConnectLink link;
    link.platform = body.text("platform", 32);
    link.return_url = body.optionalText("returnUrl", 2048);
    if (link.return_url &&
        !isReturnUrl(*link.return_url, options.public_url, options.return_origins))
        body.problem("returnUrl",
                     "Must be an http or https address without a fragment, on an "
                     "origin that this server is configured to return to");
    if (const auto account = body.optionalText("accountId")) {
        link.reconnect_account = AccountId::parse(*account);
        if (!link.reconnect_account) body.problem("accountId", "Is not the id of an account");
    }
    if (const auto seconds = body.optionalInteger("expiresIn", kShortest, kLongest))
        link.expires_in = std::chrono::seconds(*seconds);
    body.finish();
    link.created_by = context.actor();
    return link;
}

}  // namespace

http::Response makeConnectLink(const RequestContext& context, Services& services) {
    const auto made =
        services.connect_links.make(context.workspace(), readLink(context, services.options));
    return http::Response::json(
        201, {{"id", made.id.str()}, {"url", made.url}, {"expiresAt", toIso8601(made.expires_at)}});
}

}  // namespace postato::api
