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
///
/// A file is a line that says what was called, then a sealed line for each answer. The first line
/// is part of what the seal covers.

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/token_cipher.hpp"
#include "journal/journal_file.hpp"
#include "postato/sdk/http.hpp"
#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato::journal {

enum class Operation { Refresh = 1, Exchange };

/// The call that is answered.
struct Call {
    Operation operation = Operation::Refresh;
    std::string workspace;
    std::string platform;
    std::string subject;          ///< the account of a refresh, the connection of an exchange
    std::string attempt;          ///< unique
    std::int64_t generation = 0;  ///< of the pair that is spent; 0 for an exchange
};

struct Answer {
    TimePoint received_at;
    std::string method;
    std::string address;  ///< the URL without its query
    sdk::HttpResponse response;
};

/// The URL of a request as an Answer names it.
std::string addressOf(const std::string& url);

/// One call's file, held by whoever works on it. It ends by `settle`, `setAside` or `discard`; left
/// alone it stays for the replay if it holds an answer, and goes if it holds none. Not thread-safe.
class JournalEntry {
public:
    JournalEntry(JournalEntry&& other) noexcept;
    JournalEntry& operator=(JournalEntry&&) = delete;
    ~JournalEntry();

    const Call& call() const noexcept { return call_; }
    /// What a resumed entry holds; not what `record` adds.
    const std::vector<Answer>& answers() const noexcept { return answers_; }
    bool empty() const noexcept { return size_ == 0; }
    /// Whether this version of the plugin has set it aside.
    bool wasSetAsideBy(const std::string& plugin_version) const;

    /// Bracket the plugin's reading of a resumed entry, which is `open` again from then on, and
    /// count what does not come to its end. Throw Error{Unavailable}.
    void beginReading();
    void endReading();
    /// A plugin has ended the process over this entry too often to be shown it again.
    bool endsProcesses() const noexcept { return readings_ >= 3; }

    /// Durable when it returns. Throws Error{Unavailable}.
    void record(const Answer& answer);

    /// The database has what follows. A file that cannot be moved is met by the replay, which finds
    /// the same.
    void settle() noexcept;
    /// The plugin, of this version, found nothing in it. Kept for a better one.
    void setAside(const std::string& plugin_version) noexcept;
    /// Nothing follows.
    void discard() noexcept;

private:
    friend class AnswerJournal;
    void endAt(const std::filesystem::path& path) noexcept;
    JournalEntry(const std::filesystem::path& directory, const crypto::TokenCipher& cipher,
                 JournalFile file, Call call, std::string head);

    std::filesystem::path directory_;
    const crypto::TokenCipher* cipher_;
    std::optional<JournalFile> file_;  ///< none: ended
    Call call_;
    std::string head_;
    std::vector<Answer> answers_;
    std::size_t size_ = 0;
    int readings_ = 0;
};

/// Thread-safe, and safe beside other processes on the same directory.
class AnswerJournal {
public:
    /// Makes the directories, private to this user. Throws Error{Unavailable}.
    AnswerJournal(std::filesystem::path directory, const crypto::TokenCipher& cipher);

    /// Before the call. Throws Error{Unavailable} when the journal cannot take an answer, or
    /// nothing can be sealed; then the call must not be made.
    JournalEntry begin(const Call& call);

    enum class Part { Open = 1, Settled, Unread };
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

/// Whether the answers of a journal open.
struct JournalSeals {
    std::size_t opened = 0;             ///< entries, all of whose answers opened
    std::vector<std::string> failures;  ///< names of files that do not open or cannot be read
};

/// Opens every answer of the journal in `directory`, beside the processes that work there; empty
/// where there is none yet. Throws Error{Unavailable} when it cannot be read.
JournalSeals checkSeals(const std::filesystem::path& directory, const crypto::TokenCipher& cipher);

/// The name of the journal in `directory`, which it keeps for ever; given by whoever asks first.
/// Throws Error{Unavailable}.
std::string identify(const std::filesystem::path& directory, TimePoint now, Random& random);

/// How many entries a journal holds; looking at it changes nothing.
struct JournalStock {
    std::size_t open = 0;
    std::size_t settled = 0;
    std::size_t unread = 0;
};

/// Of the journal in `directory`; empty where there is none yet. Throws Error{Unavailable} when it
/// cannot be read.
JournalStock takeStock(const std::filesystem::path& directory);

}  // namespace postato::journal
