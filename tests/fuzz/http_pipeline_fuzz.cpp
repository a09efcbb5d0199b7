/// \file
/// Several requests behind each other: each ends exactly where another reader, written only for
/// this and from the grammar, sees its end. A request that two readers end in different places is
/// how a second one is smuggled past a proxy (RFC 9112 11.2).

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "fuzz.hpp"
#include "http/request_parser.hpp"
#include "util/encoding.hpp"

using postato::fuzz::require;
using postato::fuzz::takeUntil;

namespace {

using postato::http::Request;
using postato::http::RequestParser;
using Progress = RequestParser::Progress;

constexpr std::string_view kMarker = "GET /marker HTTP/1.1\r\nHost: m\r\n\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Number>
std::optional<Number> numberIn(std::string_view digits, int base) {
    Number number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

/// The chunks' data (RFC 9112 7.1), without extensions and trailers.
std::string dechunked(std::string_view rest) {
    std::string body;
    while (true) {
        const auto size = numberIn<std::size_t>(takeUntil(rest, "\r\n"), 16);
        require(size && *size <= rest.size());
        body += rest.substr(0, *size);
        rest.remove_prefix(*size);
        require(rest.starts_with("\r\n"));
        rest.remove_prefix(2);
        if (*size == 0) break;
    }
    require(rest.empty());
    return body;
}

/// The body of the one request that `bytes` must be, no byte more and no byte less.
std::string bodyOf(std::string_view bytes) {
    auto rest = bytes;
    const auto start_line = takeUntil(rest, "\r\n");
    require(std::count(start_line.begin(), start_line.end(), ' ') == 2);
    std::string length, coding;
    int framings = 0, hosts = 0;
    while (true) {
        const auto line = takeUntil(rest, "\r\n");
        if (line.empty()) break;
        require(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
        const auto name = line.substr(0, line.find(':'));
        require(name.size() < line.size() && postato::http::isToken(name));
        const auto value = trimmed(line.substr(name.size() + 1));
        const auto lower = postato::toLower(name);
        if (lower == "content-length") ++framings, length = value;
        if (lower == "transfer-encoding") ++framings, coding = postato::toLower(value);
        if (lower == "host") ++hosts;
    }
    require(framings <= 1 && hosts == (start_line.ends_with("HTTP/1.1") ? 1 : hosts));
    if (!coding.empty()) {
        require(coding == "chunked" && start_line.ends_with("HTTP/1.1"));
        return dechunked(rest);
    }
    if (framings == 1) require(numberIn<std::size_t>(length, 10) == rest.size());
    require(framings == 1 || rest.empty());
    return std::string(rest);
}

/// The next request at the front of `buffer`, which it is taken off.
std::optional<Request> next(std::string& buffer) {
    RequestParser parser;
    auto progress = parser.advance(buffer);
    if (progress != Progress::HeadDone || !parser.limitBody(64 * 1024)) return std::nullopt;
    progress = parser.advance(buffer);
    if (progress != Progress::Complete) return std::nullopt;
    return parser.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string buffer(postato::fuzz::textOf(data, size));
    while (!buffer.empty()) {
        const auto before = buffer;
        const auto request = next(buffer);
        if (!request) return 0;
        require(before.ends_with(buffer) && buffer.size() < before.size());
        const auto bytes = before.substr(0, before.size() - buffer.size());
        require(bodyOf(bytes) == request->body);

        auto followed = bytes + std::string(kMarker);
        const auto again = next(followed);
        require(again && again->path == request->path && followed == kMarker);
    }
    return 0;
}
