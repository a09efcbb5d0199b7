#pragma once

/// \file
/// What platforms answered to calls that spend something: kept, sealed, on this machine's disk from
/// the moment it arrives until the database has what follows from it. A process killed between the
/// two, or a database that is away, loses no pair of tokens.
///
/// The directory holds three others: `open` for calls under way and answers that wait to be
/// settled, `settled` for those the database has (kept a while: a database that went back in time
/// can be repaired from them), `unread` for those that a plugin could not make sense of. Beside
/// them lie the journal's name, `id`, and copies of the keys that seal, `keys`
/// (keys/key_copies.hpp).

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/token_cipher.hpp"
#include "journal/journal_entry.hpp"
#include "journal/journal_places.hpp"

namespace postato::journal {

/// Thread-safe, and safe beside other processes on the same directory.
class AnswerJournal {
public:
    /// Makes the directories, private to this user. Throws Error{Unavailable}.
    AnswerJournal(std::filesystem::path directory, const crypto::TokenCipher& cipher);

    /// Before the call. Throws Error{Unavailable} when the journal cannot take an answer, or
    /// nothing can be sealed; then the call must not be made.
    JournalEntry begin(const Call& call);

    /// The entries there, oldest first, for `resume`.
    std::vector<std::filesystem::path> list(Part part) const;

    /// Takes an entry on; nothing when it is gone or somebody else works on it. An entry whose
    /// process died before any answer came is removed. Throws Error{DecryptFailed} for one that
    /// does not open.
    std::optional<JournalEntry> resume(const std::filesystem::path& file);
    /// What an entry says it is about, which nothing proves; nothing when it cannot be read. Needs
    /// no key.
    std::optional<Call> claimedCall(const std::filesystem::path& file) const;
    /// Puts an entry that cannot be settled among the unread, where it is tried again, and holds up
    /// nothing.
    void setAside(const std::filesystem::path& file) noexcept;

    /// Whether an answer about `subject` waits to be settled, or may still come.
    bool concerns(const std::string& subject) const;

    /// Forgets what was settled longer ago than `keep`, and what was set aside a week ago.
    void sweep(std::chrono::seconds keep);
    /// Forgets everything settled about `subject`. What cannot be removed goes by its age.
    void forget(const std::string& subject) noexcept;

    /// The data keys that answers here are sealed under. Reads every file; throws
    /// Error{Unavailable} when one is there and cannot be read.
    std::set<std::uint32_t> keysInUse() const;

    /// Whether `begin` would work now.
    bool writable() const noexcept;

    const std::filesystem::path& directory() const noexcept { return directory_; }

private:
    std::filesystem::path directory_;
    const crypto::TokenCipher& cipher_;
};

}  // namespace postato::journal
