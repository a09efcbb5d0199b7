#pragma once

/// \file
/// The lines of a journal's file: the first says what was called and is part of what the seals of
/// the others cover, each of which is an answer.

#include <cstddef>
#include <string>

#include "crypto/token_cipher.hpp"
#include "journal/journal_entry.hpp"

namespace postato::journal {

std::string headOf(const Call& call);
/// Throws std::exception for a line that is none of ours.
Call readHead(const std::string& head);

/// `position` counts the answers of the file from 0. `head` is the first line as it stands there.
std::string sealAnswer(const crypto::TokenCipher& cipher, const Call& call, const std::string& head,
                       std::size_t position, const Answer& answer);
/// Throws Error{Unavailable} while a key is out of reach, Error{DecryptFailed} for a line that does
/// not open, other std::exception for one that holds no answer.
Answer openAnswer(const crypto::TokenCipher& cipher, const Call& call, const std::string& head,
                  std::size_t position, const std::string& line);

}  // namespace postato::journal
