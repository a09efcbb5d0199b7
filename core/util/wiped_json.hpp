#pragma once

/// \file
/// JSON that repeats secrets, and leaves as little of them in memory as it can.

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace postato {

/// Overwrites the text, and what a longer one in the same memory has left behind it.
void wipe(std::string& text) noexcept;

/// A document whose texts are wiped when it goes; the names in it are not. Texts are best put there
/// one by one: a list of initializers copies them, and nobody wipes such a list.
struct WipedJson {
    nlohmann::json root;

    WipedJson() = default;
    explicit WipedJson(nlohmann::json parsed) : root(std::move(parsed)) {}
    ~WipedJson();
    WipedJson(const WipedJson&) = delete;
    WipedJson& operator=(const WipedJson&) = delete;

    /// As `dumpJson`, in memory that is not outgrown: growing would leave the beginning behind.
    /// Whoever gets it wipes it.
    std::string dump() const;
};

}  // namespace postato
