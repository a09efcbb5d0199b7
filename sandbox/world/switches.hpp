#pragma once

// The settings for what is unknown, contradictory or optional about a platform. Each platform
// declares its own beside the common ones; README.md lists them all.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/message.hpp"

namespace postato::sandbox {

using SwitchValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct SwitchDefinition {
    std::string name;
    SwitchValue default_value;
    std::string meaning;
    std::vector<std::string> choices{};  // of a text switch; empty: any text
};

/// The switches every platform has.
const std::vector<SwitchDefinition>& commonSwitches();

class Switches {
public:
    /// A definition of `own` replaces the common one of the same name.
    explicit Switches(const std::vector<SwitchDefinition>& own = {});

    bool on(std::string_view name) const;
    std::int64_t number(std::string_view name) const;
    const std::string& text(std::string_view name) const;
    const std::vector<std::string>& list(std::string_view name) const;
    /// Whether a test has set it, be it to the default.
    bool isSet(std::string_view name) const;

    /// Throws BadCall, with a sentence, for an unknown name or an impossible value.
    /// null returns the switch to its default.
    void set(const std::string& name, const Json& value);

    /// Every switch: {name: {value, default, meaning, choices?}}.
    Json describe() const;

private:
    const SwitchValue& value(std::string_view name) const;

    std::map<std::string, SwitchDefinition, std::less<>> definitions_;
    std::map<std::string, SwitchValue, std::less<>> set_;
};

}  // namespace postato::sandbox
