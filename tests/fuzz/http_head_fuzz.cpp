/// \file
/// Bytes of a connection through the request parser, whole and in pieces: the verdict must not
/// depend on how they were cut, and a completed request must be one that handlers may rely on.

#include <algorithm>
#include <optional>
#include <string>

#include "fuzz.hpp"
#include "http/request_parser.hpp"

using postato::fuzz::require;

namespace {

using postato::http::HeadLimits;
using postato::http::Request;
using postato::http::RequestParser;
using Progress = RequestParser::Progress;

constexpr std::size_t kBodyLimit = 1024;

struct Verdict {
    std::optional<Request> request;
    bool refused = false;
};

/// Whether the end of a head or body was reached, and how.
std::optional<Verdict> step(RequestParser& parser, std::string& buffer) {
    auto progress = parser.advance(buffer);
    if (progress == Progress::HeadDone) {
        if (!parser.limitBody(kBodyLimit)) return Verdict{std::nullopt, true};
        progress = parser.advance(buffer);
    }
    if (progress == Progress::Refused) {
        require(parser.refusal() >= 400 && parser.refusal() <= 505);
        return Verdict{std::nullopt, true};
    }
    if (progress == Progress::Complete) return Verdict{parser.take(), false};
    return std::nullopt;
}

Verdict parse(std::string_view bytes, std::size_t piece) {
    // Small limits, so that they are reached.
    RequestParser parser(HeadLimits{.target_bytes = 256, .head_bytes = 1024, .fields = 8});
    std::string buffer;
    while (!bytes.empty()) {
        buffer.append(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        if (const auto verdict = step(parser, buffer)) return *verdict;
    }
    return {};
}

void checkRequest(const Request& request) {
    require(postato::http::isKnownMethod(request.method));
    require(request.method != "TRACE" && request.method != "CONNECT");
    require(request.path.starts_with('/') && request.path.size() <= 256);
    require(request.path.find_first_of("?# ") == std::string::npos);
    require(request.body.size() <= kBodyLimit);
    require(request.headers.count("content-length") + request.headers.count("transfer-encoding") <=
            1);
    std::size_t fields = 0;
    for (const auto& [name, value] : request.headers) {
        require(++fields <= 8 && postato::http::isToken(name));
        require(request.headers.count(name) == 1);
        require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
}

bool same(const Request& a, const Request& b) {
    return a.method == b.method && a.path == b.path && a.query == b.query && a.body == b.body &&
           std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = postato::fuzz::textOf(data, size);
    const auto whole = parse(bytes, std::max<std::size_t>(size, 1));
    if (whole.request) checkRequest(*whole.request);
    for (const std::size_t piece : {1, 3, 64}) {
        const auto cut = parse(bytes, piece);
        require(cut.refused == whole.refused);
        require(cut.request.has_value() == whole.request.has_value());
        require(!cut.request || same(*cut.request, *whole.request));
    }
    return 0;
}
