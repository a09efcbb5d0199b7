#pragma once

/// \file
/// The operating system's randomness, through OpenSSL's generator.

#include "util/random.hpp"

namespace postato::crypto {

class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace postato::crypto
