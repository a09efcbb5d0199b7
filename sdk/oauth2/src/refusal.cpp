#include "postato/oauth2/refusal.hpp"

#include <algorithm>
#include <initializer_list>

namespace postato::oauth2 {
namespace {

constexpr std::int64_t kLongestWait = 24 * 3600;

std::string toLower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

bool isDigits(const std::string& text) {
    return !text.empty() && text.size() <= 10 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that
/// the leap day comes last.
std::int64_t daysSinceEpoch(std::int64_t year, int month, int day) {
    if (month <= 2) --year;
    const int months_from_march = month > 2 ? month - 3 : month + 9;
    const std::int64_t day_of_year = (153 * months_from_march + 2) / 5 + day - 1;
    constexpr std::int64_t kEpoch = 719468;  // the same count for 1970-01-01
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - kEpoch;
}

}  // namespace

std::optional<std::int64_t> readHttpDate(const std::string& text) {
    static const std::string months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    // RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"; every part has its place.
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" ||
        text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) {
        const std::string part = text.substr(at, digits);
        return isDigits(part) ? std::stoi(part) : -1;
    };
    const auto month_at = months.find(text.substr(8, 3));
    if (month_at == std::string::npos || month_at % 3 != 0) return std::nullopt;
    const int month = static_cast<int>(month_at / 3) + 1;
    const int year = number(12, 4);
    const int day = number(5, 2);
    const int hour = number(17, 2);
    const int minute = number(20, 2);
    const int second = number(23, 2);
    if (year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 60)
        return std::nullopt;
    const auto first = daysSinceEpoch(year, month, 1);
    const auto next =
        month == 12 ? daysSinceEpoch(year + 1, 1, 1) : daysSinceEpoch(year, month + 1, 1);
    if (day < 1 || day > next - first) return std::nullopt;
    return (((first + day - 1) * 24 + hour) * 60 + minute) * 60 + second;
}

std::optional<std::chrono::seconds> retryAfter(const sdk::Headers& headers) {
    const std::string* value = sdk::findHeader(headers, "Retry-After");
    if (value == nullptr) return std::nullopt;
    std::int64_t wait = 0;
    if (isDigits(*value)) {
        wait = std::stoll(*value);
    } else {
        const std::string* date = sdk::findHeader(headers, "Date");
        const auto until = readHttpDate(*value);
        const auto now = date != nullptr ? readHttpDate(*date) : std::nullopt;
        if (!until || !now) return std::nullopt;
        wait = std::max<std::int64_t>(0, *until - *now);
    }
    return std::chrono::seconds(std::min(wait, kLongestWait));
}

sdk::ErrorKind meaningOf(const std::string& error, Step step) {
    using sdk::ErrorKind;
    if (error == "invalid_grant") return ErrorKind::InvalidGrant;
    if (error == "invalid_token")
        return step == Step::Revoke ? ErrorKind::InvalidGrant : ErrorKind::Protocol;
    if (error == "invalid_client" || error == "unauthorized_client" || error == "invalid_scope" ||
        error == "redirect_uri_mismatch" || error == "invalid_redirect_uri")
        return ErrorKind::Misconfigured;
    if (error == "server_error" || error == "temporarily_unavailable") return ErrorKind::Transient;
    if (error == "insufficient_scope") return ErrorKind::ScopeMissing;
    if (error == "unsupported_token_type") return ErrorKind::Unsupported;
    return ErrorKind::Protocol;
}

std::string plainCode(const std::string& error) {
    if (isDigits(error)) return error;
    const bool code_like =
        !error.empty() && error.size() <= 48 && std::all_of(error.begin(), error.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '/';
        });
    return code_like ? error : "other";
}

bool mentions(const std::string& text, std::initializer_list<const char*> words) {
    const std::string lower = toLower(text);
    return std::any_of(words.begin(), words.end(), [&](const char* word) {
        return lower.find(toLower(word)) != std::string::npos;
    });
}

}  // namespace postato::oauth2
