#include "http/request_checks.hpp"

#include <algorithm>
#include <array>

#include "util/encoding.hpp"

namespace postato::http {
namespace {

// Fields with one value. Sent twice, two readers may each take another one.
constexpr std::array<std::string_view, 10> kSingleFields = {
    "authorization",   "content-length", "content-type",      "cookie",        "expect", "host",
    "idempotency-key", "origin",         "transfer-encoding", "sec-fetch-site"};

bool isDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// host [":" port] of RFC 3986 3.2.2, without user information and percent signs.
bool isHost(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}

/// Only the origin form (RFC 9112 3.2.1): the absolute form would bring a second host name.
bool isOriginForm(std::string_view target) {
    return target.starts_with('/') && std::all_of(target.begin(), target.end(), [](char c) {
               return c > 0x20 && c < 0x7F && c != '#';
           });
}

bool hostIsClear(const HeadFacts& head) {
    const auto* host = head.fields.find("host");
    return host == nullptr ? !head.http_1_1 : isHost(*host);
}

bool framingIsClear(const HeadFacts& head) {
    const auto* length = head.fields.find("content-length");
    const auto* encoding = head.fields.find("transfer-encoding");
    if (length != nullptr && encoding != nullptr) return false;
    if (length != nullptr && !isDigits(*length)) return false;
    if (encoding == nullptr) return true;
    return head.http_1_1 && toLower(*encoding) == "chunked";
}

bool needsLength(std::string_view method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

int checkHead(std::string_view method, const HeadFacts& head) {
    for (const auto name : kSingleFields)
        if (head.fields.count(name) > 1) return 400;
    if (!hostIsClear(head) || !framingIsClear(head)) return 400;
    if (!isKnownMethod(method)) return 501;
    if (method == "TRACE" || method == "CONNECT") return 405;
    if (!isOriginForm(head.target)) return 400;
    const auto* expect = head.fields.find("expect");
    if (expect != nullptr && toLower(*expect) != "100-continue") return 417;
    const bool has_length = head.fields.find("content-length") != nullptr ||
                            head.fields.find("transfer-encoding") != nullptr;
    return needsLength(method) && !has_length ? 411 : 0;
}

}  // namespace postato::http
