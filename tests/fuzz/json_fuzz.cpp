/// \file
/// Bytes as JSON from outside: what is accepted is storable, within its limits, and reads the same
/// when it is written again.

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

using namespace postato;

namespace {

constexpr JsonLimits kLimits{.depth = 6, .nodes = 200};

void check(const nlohmann::json& value, int depth, std::size_t& nodes) {
    fuzz::require(depth <= kLimits.depth + 1 && ++nodes <= kLimits.nodes);
    if (value.is_string()) fuzz::require(isStorableText(value.get_ref<const std::string&>()));
    if (value.is_object())
        for (const auto& [name, inner] : value.items()) fuzz::require(isStorableText(name));
    if (value.is_structured())
        for (const auto& inner : value) check(inner, depth + 1, nodes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto value = parseJson(fuzz::textOf(data, size), kLimits);
        std::size_t nodes = 0;
        check(value, 1, nodes);
        fuzz::require(parseJson(dumpJson(value), kLimits) == value);
    } catch (const Error& error) {
        fuzz::require(error.code() == ErrorCode::InvalidArgument);
    }
    return 0;
}
