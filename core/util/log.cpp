#include "util/log.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "util/json.hpp"

namespace postato {
namespace {

const char* levelName(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warning:
            return "warning";
        case LogLevel::Error:
            return "error";
    }
    return "error";
}

}  // namespace

void Logger::write(LogLevel level, std::string_view event,
                   std::initializer_list<LogField> fields) const {
    if (level < lowest_) return;
    nlohmann::ordered_json line;
    line["at"] = toIso8601(clock_.now());
    line["level"] = levelName(level);
    line["event"] = event;
    for (const auto& field : fields)
        std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
    std::string text =
        line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    // A log that cannot be written must not stop the service; there is nowhere left to say so.
    [[maybe_unused]] const auto written = ::write(descriptor_, text.data(), text.size());
}

}  // namespace postato
