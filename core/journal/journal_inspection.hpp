#pragma once

/// \file
/// Looking at a journal beside the processes that work there, without changing anything.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/token_cipher.hpp"

namespace postato::journal {

/// How many entries a journal holds.
struct JournalStock {
    std::size_t open = 0;
    std::size_t settled = 0;
    std::size_t unread = 0;
};

/// Of the journal in `directory`; empty where there is none yet. Throws Error{Unavailable} when it
/// cannot be read.
JournalStock takeStock(const std::filesystem::path& directory);

/// Whether the answers of a journal open.
struct JournalSeals {
    std::size_t opened = 0;             ///< entries, all of whose answers opened
    std::vector<std::string> failures;  ///< names of files that do not open or cannot be read
};

/// Opens every answer of the journal in `directory`; empty where there is none yet. Throws
/// Error{Unavailable} when it cannot be read.
JournalSeals checkSeals(const std::filesystem::path& directory, const crypto::TokenCipher& cipher);

}  // namespace postato::journal
