#include "http/response_writer.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace postato::http {
namespace {

std::string_view reasonPhrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";  // a phrase is optional (RFC 9112 4)
    }
}

bool hasNoContent(int status) { return status == 204 || status == 304; }

void addLine(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string httpDate(TimePoint at) {
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    // Not strftime: the names are English whatever the locale.
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                  kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                  utc.tm_min, utc.tm_sec);
    return text.data();
}

std::string writeResponse(const Response& response, const WireFacts& facts) {
    std::string text;
    text.reserve(512 + response.body.size());
    text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    text.append(reasonPhrase(response.status)).append("\r\n");
    addLine(text, "date", httpDate(facts.now));
    addLine(text, "x-request-id", facts.request_id);
    for (const auto& [name, value] : response.headers()) addLine(text, name, value);
    if (!hasNoContent(response.status))
        addLine(text, "content-length", std::to_string(response.body.size()));
    if (facts.close)
        addLine(text, "connection", "close");
    else if (facts.http_1_0)
        addLine(text, "connection", "keep-alive");
    text.append("\r\n");
    if (!facts.head_only && !hasNoContent(response.status)) text.append(response.body);
    return text;
}

}  // namespace postato::http
