#pragma once

/// \file
/// The log: one JSON object a line on standard error.

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "util/clock.hpp"

namespace postato {

enum class LogLevel { Debug = 1, Info, Warning, Error };

struct LogField {
    std::string_view name;
    std::variant<std::string, std::int64_t, bool> value;

    LogField(std::string_view field, std::string text) : name(field), value(std::move(text)) {}
    LogField(std::string_view field, std::string_view text)
        : name(field), value(std::string(text)) {}
    LogField(std::string_view field, const char* text) : name(field), value(std::string(text)) {}
    LogField(std::string_view field, std::int64_t number) : name(field), value(number) {}
    LogField(std::string_view field, int number) : name(field), value(std::int64_t{number}) {}
    LogField(std::string_view field, bool flag) : name(field), value(flag) {}
};

/// Thread-safe. A line is `{"at","level","event",...fields}`, written with one write(2), so lines
/// neither mix nor break, whatever the fields hold. `event` is a stable name such as
/// `account.token_expired`. Secrets are never passed: `sdk::Secret` does not convert to a field.
class Logger {
public:
    /// `descriptor` is not owned. Lines below `lowest` are dropped.
    Logger(const Clock& clock, int descriptor, LogLevel lowest = LogLevel::Info)
        : clock_(clock), descriptor_(descriptor), lowest_(lowest) {}

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(LogLevel::Debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(LogLevel::Info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(LogLevel::Warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(LogLevel::Error, event, fields);
    }

private:
    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) const;

    const Clock& clock_;
    int descriptor_;
    LogLevel lowest_;
};

}  // namespace postato
