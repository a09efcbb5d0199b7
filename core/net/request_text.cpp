#include "net/request_text.hpp"

#include <algorithm>
#include <array>

#include "util/encoding.hpp"

namespace postato::net {
namespace {

constexpr std::array<std::string_view, 6> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

/// What frames the message or addresses the connection.
constexpr std::array<std::string_view, 10> kOfTheHost{
    "connection", "content-length",    "expect",    "host", "keep-alive", "te", "trailer",
    "upgrade",    "transfer-encoding", "user-agent"};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool isToken(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool isFieldValue(std::string_view value) {
    return std::all_of(value.begin(), value.end(),
                       [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

}  // namespace

std::optional<std::string> requestProblem(const sdk::HttpRequest& request) {
    if (!contains(kMethods, request.method)) return "the method is not one that is sent";
    for (const auto& [name, value] : request.headers) {
        if (!isToken(name)) return "a header has a name that is not one";
        if (contains(kOfTheHost, toLower(name)))
            return "the header " + name + " is the host's to set";
        if (!isFieldValue(value)) return "the header " + name + " holds control characters";
    }
    return std::nullopt;
}

sdk::Secret requestText(const sdk::HttpRequest& request, const Url& url,
                        const std::string& user_agent) {
    const bool has_body = !request.body.empty() || request.method == "POST" ||
                          request.method == "PUT" || request.method == "PATCH";
    std::string text = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                       "\r\nUser-Agent: " + user_agent + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    if (has_body) text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    text += "\r\n";
    text += request.body;
    return sdk::Secret(std::move(text));
}

}  // namespace postato::net
