#pragma once

/// \file
/// What the fuzz targets share.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace postato::fuzz {

/// A property that must hold for every input; the fuzzer reports the input that breaks it.
inline void require(bool condition) {
    if (!condition) std::abort();
}

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// The text up to the first `separator`, which is taken off with it.
inline std::string_view takeUntil(std::string_view& text, std::string_view separator) {
    const auto at = text.find(separator);
    const auto first = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
    return first;
}

inline std::string_view takeLine(std::string_view& text) { return takeUntil(text, "\n"); }

/// Nothing that ends a line, a header or a text in C.
inline bool hasControl(std::string_view text) {
    for (const unsigned char c : text)
        if (c < 0x20 || c == 0x7f) return true;
    return false;
}

}  // namespace postato::fuzz
