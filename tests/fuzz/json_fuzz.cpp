/// \file
/// Bytes as JSON from outside: what is accepted is storable, within its limits, names nothing
/// twice, and reads the same when it is written again.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "fuzz.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr JsonLimits kLimits{.depth = 6, .nodes = 200};

struct Counts {
    std::size_t nodes = 0;
    std::size_t names = 0;
};

void check(const nlohmann::json& value, int depth, Counts& counts) {
    require(depth <= kLimits.depth + 1 && ++counts.nodes <= kLimits.nodes);
    if (value.is_string()) require(isStorableText(value.get_ref<const std::string&>()));
    if (value.is_number_unsigned()) require(value.get<std::uint64_t>() <= INT64_MAX);
    if (value.is_object())
        for (const auto& [name, inner] : value.items())
            ++counts.names, require(isStorableText(name));
    if (value.is_structured())
        for (const auto& inner : value) check(inner, depth + 1, counts);
}

/// As many as were written: a name that stood there twice would be one too few in the value.
std::size_t namesIn(std::string_view text) {
    std::size_t names = 0;
    const auto parsed = nlohmann::json::parse(text, [&](int, auto event, nlohmann::json&) {
        names += event == nlohmann::json::parse_event_t::key;
        return true;
    });
    return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    try {
        const auto value = parseJson(text, kLimits);
        Counts counts;
        check(value, 1, counts);
        require(counts.names == namesIn(text));
        require(parseJson(dumpJson(value), kLimits) == value);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::InvalidArgument);
        require(!fuzz::hasControl(error.message()) && error.message().size() < 100);
    }
    return 0;
}
