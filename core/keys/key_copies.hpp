#pragma once

/// \file
/// Copies of the data keys, wrapped as the database has them, on this machine's disk. Answers in
/// the journal may be the only copy of a pair of tokens; they must open as well when the database
/// they were meant for went back in time, and no process that knew the key is left.

#include <filesystem>
#include <string>
#include <vector>

#include "keys/key_changes.hpp"

namespace postato::keys {

/// A file for each key: its name is the number, and only who has the key ring can open what it
/// holds. One thread, and safe beside other processes on the same directory.
class KeyCopies {
public:
    explicit KeyCopies(std::filesystem::path directory) : directory_(std::move(directory)) {}

    struct Listing {
        std::vector<KeyCopy> copies;        ///< by number
        std::vector<std::string> problems;  ///< sentences that name what cannot be read
    };
    /// Nothing where there is no directory yet.
    Listing list() const;

    /// Durable when it returns; in the place of one by the same number. Makes the directory,
    /// private to this user. Throws Error{Unavailable} that names the file and the system's reason.
    void keep(const KeyCopy& key);
    /// Throws as `keep`; no copy is as good.
    void remove(std::uint32_t id);

private:
    std::filesystem::path directory_;
};

}  // namespace postato::keys
