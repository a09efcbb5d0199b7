#pragma once

/// \file
/// Bytes that are never random and never twice the same.

#include "util/random.hpp"

namespace postato::crypto_tests {

class CountingRandom final : public Random {
public:
    explicit CountingRandom(std::uint8_t start = 0) : next_(start) {}
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes) byte = next_++;
    }

private:
    std::uint8_t next_;
};

}  // namespace postato::crypto_tests
