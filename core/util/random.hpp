#pragma once

/// \file
/// Random bytes, handed in wherever they are needed so that tests can fix them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace postato {

/// Thread-safe source of unpredictable bytes; `crypto::SystemRandom` is the real one.
class Random {
public:
    virtual ~Random() = default;
    /// Fills the span or throws Error{Internal}; never returns with weak bytes.
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    /// `count` random bytes as a binary string.
    std::string bytes(std::size_t count) {
        std::string text(count, '\0');
        fill({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
        return text;
    }

    /// A number in [0, bound); bound > 0. The bias of the modulo is irrelevant for jitter, its only
    /// use.
    std::uint64_t below(std::uint64_t bound) {
        std::array<std::uint8_t, 8> raw{};
        fill(raw);
        std::uint64_t value = 0;
        for (const auto byte : raw) value = value << 8 | byte;
        return value % bound;
    }
};

}  // namespace postato
