#include "util/clock.hpp"

#include <algorithm>
#include <ctime>

namespace postato {

namespace {

/// Writes `value` with leading zeros so that it ends before `end`.
void writeDigits(char* end, int value, int digits) {
    for (; digits > 0; --digits, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

// Lists write thousands of these a second; printf would be half of that work.
std::string toIso8601(TimePoint at) {
    const std::int64_t ms = toMillis(at);
    const std::int64_t fraction = ((ms % 1000) + 1000) % 1000;
    const std::time_t seconds = static_cast<std::time_t>((ms - fraction) / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text = "0000-00-00T00:00:00.000Z";
    writeDigits(&text[4], std::clamp(parts.tm_year + 1900, 0, 9999), 4);
    writeDigits(&text[7], parts.tm_mon + 1, 2);
    writeDigits(&text[10], parts.tm_mday, 2);
    writeDigits(&text[13], parts.tm_hour, 2);
    writeDigits(&text[16], parts.tm_min, 2);
    writeDigits(&text[19], parts.tm_sec, 2);
    writeDigits(&text[23], static_cast<int>(fraction), 3);
    return text;
}

}  // namespace postato
