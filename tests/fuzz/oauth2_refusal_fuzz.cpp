/// \file
/// What a platform says when it says no: waits of a day at most, dates that are dates, and codes
/// that repeat nothing a token could look like.
///
/// The input: Retry-After and Date, a line each, then the error text.

#include <algorithm>
#include <ctime>
#include <string>

#include "fuzz.hpp"
#include "postato/oauth2/refusal.hpp"

using namespace postato;
using fuzz::require;

namespace {

/// Written again, it is the same date but for the name of the day; a leap second is the next one.
void checkDate(const std::string& text) {
    const auto seconds = oauth2::readHttpDate(text);
    if (!seconds) return;
    const auto leap = text.substr(23, 2) == "60";
    const std::time_t time = *seconds - leap;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char again[64] = {};
    std::strftime(again, sizeof again, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    const std::string spelled(again);
    require(spelled.size() == text.size() && spelled.substr(3, 20) == text.substr(3, 20));
    require(spelled.substr(25) == text.substr(25));
    require(leap || spelled.substr(23, 2) == text.substr(23, 2));
}

void checkWait(const std::string& retry_after, const std::string& date) {
    const auto wait = oauth2::retryAfter({{"retry-after", retry_after}, {"Date", date}});
    require(!wait || (wait->count() >= 0 && wait->count() <= 24 * 3600));
    if (wait && oauth2::readHttpDate(retry_after)) require(oauth2::readHttpDate(date).has_value());
}

void checkCode(const std::string& error) {
    const auto code = oauth2::plainCode(error);
    require(code == error || code == "other");
    require(!code.empty() && code.size() <= 48 && sdk::safeCode(code) == code);
    const bool digits =
        std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool has_digit = code.find_first_of("0123456789") != std::string::npos;
    require(digits ? code.size() <= 10 : !has_digit);
    const auto meaning = oauth2::meaningOf(error, oauth2::Step::Refresh);
    require((meaning == sdk::ErrorKind::InvalidGrant) == (error == "invalid_grant"));
    require(sdk::safeCode(error).size() <= 64 && !fuzz::hasControl(sdk::safeCode(error)));
    require(oauth2::mentions(error + " EXPIRED", {"expired"}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::textOf(data, size);
    const std::string retry_after(fuzz::takeLine(text));
    const std::string date(fuzz::takeLine(text));
    checkDate(retry_after);
    checkDate(date);
    checkWait(retry_after, date);
    checkCode(std::string(text));
    return 0;
}
