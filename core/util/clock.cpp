#include "util/clock.hpp"

#include <cstdio>
#include <ctime>

namespace postato {

std::string toIso8601(TimePoint at) {
    const std::int64_t ms = toMillis(at);
    const std::int64_t fraction = ((ms % 1000) + 1000) % 1000;
    const std::time_t seconds = static_cast<std::time_t>((ms - fraction) / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(fraction));
    return text;
}

}  // namespace postato
