#include "world/switches.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "wire/encoding.hpp"
#include "wire/json_fields.hpp"

namespace postato::sandbox {
namespace {

Json toJson(const SwitchValue& value) {
    return std::visit([](const auto& item) { return Json(item); }, value);
}

/// `json` as a value of the same type as `model`; absent when it is of another.
std::optional<SwitchValue> readAs(const SwitchValue& model, const Json& json) {
    if (std::holds_alternative<bool>(model)) {
        if (json.is_boolean()) return json.get<bool>();
    } else if (std::holds_alternative<std::int64_t>(model)) {
        if (json.is_number_integer() && json.get<std::int64_t>() >= 0) {
            return json.get<std::int64_t>();
        }
    } else if (std::holds_alternative<std::string>(model)) {
        if (json.is_string()) return json.get<std::string>();
    } else if (json.is_array()) {
        std::vector<std::string> items;
        for (const auto& item : json) {
            if (!item.is_string()) return std::nullopt;
            items.push_back(item.get<std::string>());
        }
        return items;
    }
    return std::nullopt;
}

std::string expectation(const SwitchDefinition& definition) {
    if (!definition.choices.empty()) return "one of " + join(definition.choices, ", ");
    switch (definition.default_value.index()) {
        case 0:
            return "true or false";
        case 1:
            return "a whole number, zero or more";
        case 2:
            return "a string";
        default:
            return "a list of strings";
    }
}

}  // namespace

const std::vector<SwitchDefinition>& commonSwitches() {
    static const std::vector<SwitchDefinition> kCommon = {
        {"strictRedirect", false,
         "Apply the platform's real rule to redirect URIs; the bundled client then needs them "
         "registered like any other."},
        {"signedIn", false,
         "Whoever answers an authorization page stays signed in: later pages offer only this "
         "person, unless the request forces the chooser where the platform has such a parameter."},
        {"codeReuseRevokes", false,
         "Redeeming a code a second time also ends the grant of the first time."},
        {"passwordChangeKills", true, "The event password_changed ends the person's grants."},
        {"extraFields", true, "Success bodies carry a field that no client knows."},
        {"reverseFields", false, "Success bodies have their fields in the opposite order."},
        {"omitFields", std::vector<std::string>{},
         "Names left out of the answers of the token endpoint, e.g. [\"expires_in\"]."},
        {"expiresInAsString", false, "expires_in and its kin are numeric strings."},
    };
    return kCommon;
}

Switches::Switches(const std::vector<SwitchDefinition>& own) {
    for (const auto* group : {&commonSwitches(), &own}) {
        for (const auto& definition : *group) {
            definitions_.insert_or_assign(definition.name, definition);
        }
    }
}

const SwitchValue& Switches::value(std::string_view name) const {
    const auto set = set_.find(name);
    return set != set_.end() ? set->second : definitions_.find(name)->second.default_value;
}

bool Switches::on(std::string_view name) const { return std::get<bool>(value(name)); }

std::int64_t Switches::number(std::string_view name) const {
    return std::get<std::int64_t>(value(name));
}

const std::string& Switches::text(std::string_view name) const {
    return std::get<std::string>(value(name));
}

const std::vector<std::string>& Switches::list(std::string_view name) const {
    return std::get<std::vector<std::string>>(value(name));
}

bool Switches::isSet(std::string_view name) const { return set_.find(name) != set_.end(); }

void Switches::set(const std::string& name, const Json& value) {
    const auto found = definitions_.find(name);
    if (found == definitions_.end()) {
        throw BadCall("This platform has no switch \"" + name + "\".");
    }
    if (value.is_null()) {
        set_.erase(name);
        return;
    }
    const auto& definition = found->second;
    auto read = readAs(definition.default_value, value);
    const auto* text = read ? std::get_if<std::string>(&*read) : nullptr;
    if (!read || (text && !definition.choices.empty() && !contains(definition.choices, *text))) {
        throw BadCall("The switch \"" + name + "\" must be " + expectation(definition) + ".");
    }
    set_.insert_or_assign(name, std::move(*read));
}

Json Switches::describe() const {
    Json out = Json::object();
    for (const auto& [name, definition] : definitions_) {
        Json item = {{"value", toJson(value(name))},
                     {"default", toJson(definition.default_value)},
                     {"meaning", definition.meaning}};
        if (!definition.choices.empty()) item["choices"] = definition.choices;
        out[name] = std::move(item);
    }
    return out;
}

}  // namespace postato::sandbox
