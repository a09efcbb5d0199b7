#pragma once

/// \file
/// One call that spends something, and the answers to it, in a file of its own: a line that says
/// what was called, then a sealed line for each answer.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/token_cipher.hpp"
#include "journal/journal_file.hpp"
#include "postato/sdk/http.hpp"
#include "util/clock.hpp"

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

/// A call's file, held by whoever works on it. It ends by `settle`, `setAside` or `discard`; left
/// alone it stays for the replay if it holds an answer, and goes if it holds none. Not thread-safe.
class JournalEntry {
public:
    /// Makes the file for a call that is about to be made, with room for its answer. Throws
    /// Error{Unavailable}.
    static JournalEntry begin(const std::filesystem::path& journal,
                              const crypto::TokenCipher& cipher, const Call& call);
    /// Takes on a file that was left; see AnswerJournal::resume.
    static std::optional<JournalEntry> resume(const std::filesystem::path& journal,
                                              const crypto::TokenCipher& cipher,
                                              const std::filesystem::path& path);

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
    JournalEntry(const std::filesystem::path& journal, const crypto::TokenCipher& cipher,
                 JournalFile file, Call call, std::string head);
    void endAt(const std::filesystem::path& path) noexcept;

    std::filesystem::path journal_;
    const crypto::TokenCipher* cipher_;
    std::optional<JournalFile> file_;  ///< none: ended
    Call call_;
    std::string head_;
    std::vector<Answer> answers_;
    std::size_t size_ = 0;
    int readings_ = 0;
};

}  // namespace postato::journal
