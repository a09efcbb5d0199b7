#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"
#include "api/static_files.hpp"
#include "util/error.hpp"

namespace postato::api {

using http::Response;

Response openDashboard(const RequestContext&, Services& services) {
    auto response = Response::redirect("/accounts");
    services.securityHeaders().applyToPage(response);
    return response;
}

Response serveFile(const RequestContext& context, Services& services) {
    const auto& request = context.request();
    const auto* file = services.static_files.find(request.path);
    if (file == nullptr) throw notFound("Page");
    const auto* known = request.header("if-none-match");
    const bool unchanged = known != nullptr && known->find(file->etag) != std::string::npos;
    auto response = unchanged ? Response::empty(304) : Response::empty(200);
    if (!unchanged) response.body = file->body;
    response.setHeader("content-type", file->content_type);
    response.setHeader("etag", file->etag);
    if (file->page) {
        // Its requests are checked by their Origin, which "no-referrer" would turn into "null".
        services.securityHeaders().applyToPage(response, {{}, "same-origin"});
    } else {
        services.securityHeaders().applyToAsset(response);
    }
    return response;
}

}  // namespace postato::api
