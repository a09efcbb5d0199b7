#pragma once

/// \file
/// Data keys that need no database.

#include <initializer_list>
#include <string>
#include <utility>

#include "crypto/data_keys.hpp"

namespace postato::testing {

/// Keys of one repeated character each, by id; the last one is active.
class TestDataKeys final : public crypto::DataKeys {
public:
    TestDataKeys(std::initializer_list<std::pair<std::uint32_t, char>> keys) {
        for (const auto& [id, fill] : keys) add(id, fill);
    }
    void add(std::uint32_t id, char fill) {
        put(id, crypto::DataKey::copyOf(std::string(crypto::kKeySize, fill)));
        activate(id);
    }
};

}  // namespace postato::testing
