#include "wire/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace postato::sandbox {
namespace {

[[noreturn]] void wrongType(std::string_view name, std::string_view expected) {
    throw BadCall("\"" + std::string(name) + "\" must be " + std::string(expected) + ".");
}

}  // namespace

JsonFields::JsonFields(std::string_view body) {
    auto parsed = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
    if (!parsed.is_object()) throw BadCall("The body must be one JSON object.");
    object_ = std::make_shared<const Json>(std::move(parsed));
}

std::optional<Json> JsonFields::any(std::string_view name) {
    asked_.emplace(name);
    const auto found = object_->find(std::string(name));
    if (found == object_->end()) return std::nullopt;
    return *found;
}

bool JsonFields::isNull(std::string_view name) const {
    const auto found = object_->find(std::string(name));
    return found != object_->end() && found->is_null();
}

std::string JsonFields::text(std::string_view name) {
    auto value = optionalText(name);
    if (!value) throw BadCall("\"" + std::string(name) + "\" is missing.");
    return *value;
}

std::optional<std::string> JsonFields::optionalText(std::string_view name) {
    const auto value = any(name);
    if (!value) return std::nullopt;
    if (!value->is_string()) wrongType(name, "a string");
    return value->get<std::string>();
}

std::optional<std::int64_t> JsonFields::number(std::string_view name, std::int64_t least,
                                               std::int64_t most) {
    const auto value = any(name);
    if (!value) return std::nullopt;
    const auto expected =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value->is_number_integer()) wrongType(name, expected);
    const auto number = value->get<std::int64_t>();
    if (number < least || number > most) wrongType(name, expected);
    return number;
}

std::optional<bool> JsonFields::flag(std::string_view name) {
    const auto value = any(name);
    if (!value) return std::nullopt;
    if (!value->is_boolean()) wrongType(name, "true or false");
    return value->get<bool>();
}

std::optional<std::vector<std::string>> JsonFields::list(std::string_view name) {
    const auto value = any(name);
    if (!value) return std::nullopt;
    if (!value->is_array()) wrongType(name, "a list of strings");
    std::vector<std::string> out;
    for (const auto& item : *value) {
        if (!item.is_string()) wrongType(name, "a list of strings");
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::vector<std::string> JsonFields::names() const {
    std::vector<std::string> out;
    for (const auto& item : object_->items()) out.push_back(item.key());
    return out;
}

void JsonFields::expectNothingElse() const {
    for (const auto& item : object_->items()) {
        if (!asked_.contains(item.key())) {
            throw BadCall("This call does not know the key \"" + item.key() + "\".");
        }
    }
}

}  // namespace postato::sandbox
