#pragma once

/// \file
/// Random numbers that are the same in every run.

#include <mutex>
#include <random>

#include "util/random.hpp"

namespace postato::testing {

/// Thread-safe.
class TestRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override {
        const std::lock_guard lock(mutex_);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace postato::testing
