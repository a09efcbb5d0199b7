#include "delivery.hpp"

#include <nlohmann/json.hpp>

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::size_t kHugeBytes = 10 * 1000 * 1000;
constexpr std::int64_t kDripMs = 250;

/// Good enough to be stored by a client that does not look: a later call then gives it away.
Response decoy() {
    return Response::json(200, {{"access_token", "decoy-" + randomText(24)},
                                {"refresh_token", "decoy-" + randomText(24)},
                                {"token_type", "bearer"},
                                {"expires_in", 7200}});
}

Response serverError(int status) {
    return Response::json(status, {{"error", "server_error"},
                                   {"error_description", "The sandbox was told to fail."}});
}

Response gatewayPage(int status) {
    auto response =
        Response::html(status,
                       "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1>"
                       "<p>The sandbox was told to fail.</p></body></html>");
    return response;
}

/// Puts `text` behind the opening brace of a JSON object.
Response withInsertion(Response response, const std::string& text) {
    const bool object = response.body.size() > 2 && response.body.front() == '{';
    response.body = object ? "{" + text + "," + response.body.substr(1) : "{" + text + "}";
    return response;
}

/// The same machine under another name: a redirect there must not be followed with secrets.
std::string trapAddress(const Request& request) {
    const auto host = request.header("Host").value_or("localhost");
    const auto colon = host.rfind(':');
    const auto port = colon == std::string::npos ? "" : host.substr(colon);
    return "http://" + std::string(host.starts_with("localhost") ? "127.0.0.1" : "localhost") +
           port + "/_sandbox/trap";
}

Response redirectAway(const Fault& fault, const Request& request) {
    return Response::redirect(fault.status.value_or(302),
                              findHeader(fault.headers, "Location").value_or(trapAddress(request)));
}

Response faultyResponse(const Fault& fault, const Platform& platform, Endpoint endpoint,
                        const Request& request, const Response* real) {
    switch (fault.kind) {
        case FaultKind::Status:
            return serverError(fault.status.value_or(500));
        case FaultKind::Html:
            return gatewayPage(fault.status.value_or(502));
        case FaultKind::Empty:
            return Response::empty(fault.status.value_or(200));
        case FaultKind::SpuriousInvalidGrant:
            return platform.refusal(Refusal::DeadGrant, endpoint);
        case FaultKind::InvalidClient:
            return platform.refusal(Refusal::InvalidClient, endpoint);
        case FaultKind::RateLimit:
            return platform.refusal(Refusal::RateLimited, endpoint);
        case FaultKind::Redirect:
            return redirectAway(fault, request);
        case FaultKind::Drip:
            return real ? *real : serverError(fault.status.value_or(503));
        case FaultKind::Truncate:
            return real && !real->body.empty() ? *real : decoy();
        case FaultKind::Huge:
            return withInsertion(real ? *real : decoy(),
                                 "\"padding\":\"" + std::string(kHugeBytes, 'x') + "\"");
        case FaultKind::BadUtf8:
            return withInsertion(real ? *real : decoy(), "\"note\":\"\xC3\x28\xFF\"");
        case FaultKind::DuplicateKeys:
            return withInsertion(real ? *real : decoy(),
                                 "\"access_token\":\"decoy-" + randomText(24) +
                                     "\",\"access_token\":\"decoy-" + randomText(24) + "\"");
        case FaultKind::Delay:
        case FaultKind::Reset:
        case FaultKind::RotateThenDrop:
            break;
    }
    return real ? *real : Response{};
}

Wire wireOf(FaultKind kind) {
    switch (kind) {
        case FaultKind::Reset:
            return Wire::Reset;
        case FaultKind::RotateThenDrop:
            return Wire::Closed;
        case FaultKind::Truncate:
            return Wire::Truncated;
        case FaultKind::Drip:
            return Wire::Dripping;
        default:
            return Wire::Whole;
    }
}

void replaceHeader(Headers& headers, const std::string& name, const std::string& value) {
    std::erase_if(headers,
                  [&](const auto& header) { return lowerCase(header.first) == lowerCase(name); });
    headers.emplace_back(name, value);
}

}  // namespace

Delivery spoil(const Fault& fault, const Platform& platform, Endpoint endpoint,
               const Request& request, const Response* real) {
    Delivery out{faultyResponse(fault, platform, endpoint, request, real), wireOf(fault.kind),
                 fault.delay_ms.value_or(kDripMs)};
    if (fault.status) out.response.status = *fault.status;
    if (fault.body) out.response.body = *fault.body;
    for (const auto& [name, value] : fault.headers) {
        replaceHeader(out.response.headers, name, value);
    }
    return out;
}

}  // namespace postato::sandbox
