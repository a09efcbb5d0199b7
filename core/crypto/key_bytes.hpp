#pragma once

/// \file
/// Where key material lives while the process runs.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "util/random.hpp"

namespace postato::crypto {

constexpr std::size_t kKeySize = 32;

/// A 256-bit key in memory of its own: kept out of swap and core files where the system allows it,
/// fenced by guard pages, wiped when it goes. It can be moved but not copied. Reading is
/// thread-safe.
class KeyBytes {
public:
    static KeyBytes random(Random& random);
    /// Nothing but 32 bytes is a key: throws Error{InvalidArgument}.
    static KeyBytes copyOf(std::string_view bytes);

    std::span<const std::uint8_t, kKeySize> bytes() const noexcept {
        return std::span<const std::uint8_t, kKeySize>(memory_.get(), kKeySize);
    }
    /// The same bytes as text for the cipher; the view ends with this object.
    std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(memory_.get()), kKeySize};
    }

private:
    KeyBytes();

    struct Release {
        void operator()(std::uint8_t* memory) const noexcept;
    };
    std::unique_ptr<std::uint8_t, Release> memory_;
};

}  // namespace postato::crypto
