/// \file
/// A platform's answer as plugins look at it: the SDK's JSON accepts what the host's own strict
/// reader does, and besides that only numbers which the host finds too large.

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "fuzz.hpp"
#include "postato/oauth2/json.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

using namespace postato;
using fuzz::require;
using oauth2::Json;

namespace {

void walk(const Json& view, int depth) {
    require(depth <= 33 && isStorableText(view.text()));
    require(view.isNull() + view.isObject() + view.isArray() + view.isString() <= 1);
    if (const auto number = view.integer()) require(!view.text().empty());
    require(view.at(view.size()).isNull() && view.get("no such name, ever").isNull());
    for (std::size_t i = 0; i < view.size(); ++i) walk(view.at(i), depth + 1);
}

void compare(const Json& view, const nlohmann::json& value) {
    require(view.isObject() == value.is_object() && view.isArray() == value.is_array());
    require(view.isString() == value.is_string() && view.isNull() == value.is_null());
    require(view.size() == (value.is_structured() ? value.size() : 0));
    if (value.is_string()) require(view.text() == value.get_ref<const std::string&>());
    if (value.is_number_integer()) require(view.integer() == value.get<std::int64_t>());
    if (value.is_boolean()) require(view.isTrue() == value.get<bool>());
    if (value.is_object())
        for (const auto& [name, inner] : value.items()) compare(view.get(name), inner);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) compare(view.at(i), value[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    const auto parsed = Json::parse(text);
    const auto* view = std::get_if<Json>(&parsed);
    if (view != nullptr) walk(*view, 1);
    try {
        const auto value = parseJson(text);
        require(view != nullptr);
        compare(*view, value);
    } catch (const Error& error) {
        require(view == nullptr || error.message().find("out of range") != std::string::npos);
    }
    return 0;
}
