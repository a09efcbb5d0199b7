#include "journal/journal_entry.hpp"

#include <utility>

#include "journal/journal_format.hpp"
#include "journal/journal_places.hpp"
#include "util/error.hpp"

namespace postato::journal {

namespace fs = std::filesystem;

std::string addressOf(const std::string& url) { return url.substr(0, url.find('?')); }

JournalEntry JournalEntry::begin(const fs::path& journal, const crypto::TokenCipher& cipher,
                                 const Call& call) {
    JournalEntry entry(journal, cipher, JournalFile::create(openPath(journal, call, 0)), call,
                       headOf(call));
    entry.file_->add(entry.head_);
    return entry;
}

std::optional<JournalEntry> JournalEntry::resume(const fs::path& journal,
                                                 const crypto::TokenCipher& cipher,
                                                 const fs::path& path) {
    auto file = JournalFile::open(path);
    if (!file) return std::nullopt;
    const auto lines = file->lines();
    if (lines.size() < 2) {
        file->remove();
        return std::nullopt;
    }
    try {
        JournalEntry entry(journal, cipher, std::move(*file), readHead(lines.front()),
                           lines.front());
        entry.size_ = lines.size() - 1;  // first, so that nothing removes what does not open
        for (std::size_t i = 1; i < lines.size(); ++i)
            entry.answers_.push_back(openAnswer(cipher, entry.call_, entry.head_, i - 1, lines[i]));
        entry.readings_ = readingsOf(path);
        return entry;
    } catch (const std::exception& failure) {
        // A key may be missing only because the database is away: that says nothing of the entry.
        const auto* error = dynamic_cast<const Error*>(&failure);
        if (error != nullptr && error->code() == ErrorCode::Unavailable) throw;
        throw Error(ErrorCode::DecryptFailed, PublicMessage{"A sealed value could not be opened"},
                    InternalDetail{"journal file " + path.filename().string()});
    }
}

JournalEntry::JournalEntry(const fs::path& journal, const crypto::TokenCipher& cipher,
                           JournalFile file, Call call, std::string head)
    : journal_(journal),
      cipher_(&cipher),
      file_(std::move(file)),
      call_(std::move(call)),
      head_(std::move(head)) {}

JournalEntry::JournalEntry(JournalEntry&& other) noexcept
    : journal_(std::move(other.journal_)),
      cipher_(other.cipher_),
      file_(std::move(other.file_)),
      call_(std::move(other.call_)),
      head_(std::move(other.head_)),
      answers_(std::move(other.answers_)),
      size_(other.size_),
      readings_(other.readings_) {
    other.file_.reset();  // what was moved from must not remove the file
}

JournalEntry::~JournalEntry() {
    if (file_ && empty()) file_->remove();
}

bool JournalEntry::wasSetAsideBy(const std::string& plugin_version) const {
    return file_ && file_->path() == unreadPath(journal_, call_, plugin_version);
}

void JournalEntry::beginReading() {
    file_->moveTo(openPath(journal_, call_, readings_ + 1));
    ++readings_;
}

void JournalEntry::endReading() {
    file_->moveTo(openPath(journal_, call_, 0));
    readings_ = 0;
}

void JournalEntry::record(const Answer& answer) {
    file_->add(sealAnswer(*cipher_, call_, head_, size_, answer));
    ++size_;
    file_->sync();
}

void JournalEntry::settle() noexcept { endAt(settledPath(journal_, call_)); }

void JournalEntry::setAside(const std::string& plugin_version) noexcept {
    endAt(unreadPath(journal_, call_, plugin_version));
}

void JournalEntry::endAt(const fs::path& path) noexcept {
    if (empty()) return discard();
    try {
        file_->moveTo(path);
    } catch (const Error&) {
        // It stays where it is: see settle().
    }
    file_.reset();
}

void JournalEntry::discard() noexcept {
    if (file_) file_->remove();
    file_.reset();
}

}  // namespace postato::journal
