#pragma once

/// \file
/// The one way out: the host's HTTP client, as a plugin sees it.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "postato/sdk/result.hpp"

namespace postato::sdk {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A request to the platform. URL and body may hold secrets: the host logs method, host and path
/// without its query, and nothing else.
struct HttpRequest {
    std::string method = "GET";
    std::string url;  ///< absolute; https, or http where the operator configured a loopback endpoint
    Headers headers;
    std::string body;
};

struct HttpResponse {
    int status = 0;
    Headers headers;   ///< names as received; compare without case, see `findHeader`
    std::string body;  ///< complete: a cut answer never gets this far
};

/// The first value of a header, or nullptr. Names compare without case.
inline const std::string* findHeader(const Headers& headers, const std::string& name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (const auto& header : headers) {
        if (header.first.size() != name.size()) continue;
        bool equal = true;
        for (std::size_t i = 0; i < name.size() && equal; ++i)
            equal = lower(header.first[i]) == lower(name[i]);
        if (equal) return &header.second;
    }
    return nullptr;
}

/// Implemented by the host, which brings TLS, one deadline over the whole call, a size cap, a check
/// that the answer is complete, and no redirects. A plugin is handed one per call and keeps none.
///
/// Any complete answer, whatever its status, is a value. The errors are:
///  - `Transient`: no byte of the request left (DNS, refused, TLS, deadline before sending);
///  - `Ambiguous`: the request left, and no complete answer came back;
///  - `Protocol`: the URL is not one this host may call.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

}  // namespace postato::sdk
