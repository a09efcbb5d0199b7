#pragma once

/// \file
/// JSON as we accept it from outside, and as we write it.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace postato {

struct JsonLimits {
    int depth = 32;
    std::size_t nodes = 20'000;
};

/// Parses text from outside: valid UTF-8, no duplicate names, no U+0000, at most `limits.depth`
/// levels and `limits.nodes` values, integers within 64 bits, nothing after the value.
/// Throws Error{InvalidArgument} whose message says what is wrong and never repeats the input.
nlohmann::json parseJson(std::string_view text, const JsonLimits& limits = {});

/// Compact text. Text that is not UTF-8 (it can only come from a platform) is replaced, not thrown.
std::string dumpJson(const nlohmann::json& value);

}  // namespace postato
