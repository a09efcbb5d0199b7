/// \file
/// A request of a plugin as bytes on the wire: whatever texts went into it, our own strict parser
/// reads that one request and nothing behind it.
///
/// The input: method, URL, a header's name and its value, a line each, then the body.

#include <string>

#include "fuzz.hpp"
#include "http/request_parser.hpp"
#include "net/request_text.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;
using fuzz::takeLine;
using Progress = http::RequestParser::Progress;

namespace {

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::textOf(data, size);
    sdk::HttpRequest request;
    request.method = takeLine(text);
    request.url = takeLine(text);
    const std::string name(takeLine(text)), value(takeLine(text));
    request.headers = {{"Accept", "application/json"}, {name, value}};
    request.body = text;

    const auto url = net::parseUrl(request.url);
    if (!url || net::requestProblem(request)) return 0;
    std::string bytes(net::requestText(request, *url, "postato/test").reveal());
    http::RequestParser parser;
    require(parser.advance(bytes) == Progress::HeadDone && parser.limitBody(64 * 1024));
    require(parser.advance(bytes) == Progress::Complete && bytes.empty());
    const auto read = parser.take();
    require(read.method == request.method && read.body == request.body);
    require(read.path + (read.query.empty() ? "" : "?" + read.query) == url->target ||
            url->target == read.path + "?");
    require(*read.header("host") == url->authority());
    const auto* sent = read.header(toLower(name));
    require(sent != nullptr && sent->ends_with(trimmed(value)));
    return 0;
}
