#include "journal/answer_journal.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <utility>

#include "journal/journal_format.hpp"
#include "util/error.hpp"

namespace postato::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kKeepUnread{24 * 7};
constexpr char kUnreadable[] = "sealed";  ///< in the place of a plugin's version

}  // namespace

AnswerJournal::AnswerJournal(fs::path directory, const crypto::TokenCipher& cipher)
    : directory_(std::move(directory)), cipher_(cipher) {
    makePlaces(directory_);
}

JournalEntry AnswerJournal::begin(const Call& call) {
    cipher_.activeKey();  // an answer that could not be sealed must not be asked for
    return JournalEntry::begin(directory_, cipher_, call);
}

std::vector<fs::path> AnswerJournal::list(Part part) const {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code error;
    for (const auto& file : filesIn(directory_, part)) {
        const auto written = file.last_write_time(error);
        if (!error)
            found.emplace_back(written, file.path());
        else if (error != std::errc::no_such_file_or_directory)  // settled meanwhile
            throw Error(ErrorCode::Unavailable,
                        PublicMessage{"The journal file " + file.path().string() +
                                      " cannot be read: " + error.message()});
    }
    std::sort(found.begin(), found.end());
    std::vector<fs::path> files;
    for (auto& [written, path] : found) files.push_back(std::move(path));
    return files;
}

std::optional<JournalEntry> AnswerJournal::resume(const fs::path& file) {
    return JournalEntry::resume(directory_, cipher_, file);
}

std::optional<Call> AnswerJournal::claimedCall(const fs::path& path) const {
    std::ifstream file(path, std::ios::binary);
    std::string head;
    if (!std::getline(file, head)) return std::nullopt;
    try {
        return readHead(head);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void AnswerJournal::setAside(const fs::path& file) noexcept {
    if (file.parent_path() == directoryOf(directory_, Part::Unread)) return;
    std::error_code ignored;  // then it stays where it is, and is met again
    fs::rename(
        file,
        directoryOf(directory_, Part::Unread) / (file.filename().string() + "." + kUnreadable),
        ignored);
}

bool AnswerJournal::concerns(const std::string& subject) const {
    const auto files = filesIn(directory_, Part::Open);
    return std::any_of(files.begin(), files.end(),
                       [&](const auto& file) { return isAbout(file.path(), subject); });
}

std::set<std::uint32_t> AnswerJournal::keysInUse() const {
    std::set<std::uint32_t> keys;
    // The open ones twice: one of the unread may become open again while these are looked at.
    for (const auto part : {Part::Open, Part::Settled, Part::Unread, Part::Open}) {
        for (const auto& path : list(part)) {
            const auto lines = JournalFile::peek(path);
            if (!lines) continue;  // forgotten meanwhile, or met again where it was moved to
            for (const auto& line : *lines)  // the first says what was called, and names no key
                if (const auto key = crypto::keyIdOf(line)) keys.insert(*key);
        }
    }
    return keys;
}

void AnswerJournal::sweep(std::chrono::seconds keep) {
    const auto now = fs::file_time_type::clock::now();
    const auto removeOlder = [&](const fs::path& path, std::chrono::seconds age) {
        std::error_code gone;
        if (fs::last_write_time(path, gone) < now - age && !gone) fs::remove(path, gone);
    };
    for (const auto& path : list(Part::Settled)) removeOlder(path, keep);
    for (const auto& path : list(Part::Unread)) removeOlder(path, kKeepUnread);
    for (const auto& file : unlockedFilesIn(directory_)) removeOlder(file.path(), kKeepUnread);
}

void AnswerJournal::forget(const std::string& subject) noexcept {
    std::error_code gone;
    for (fs::directory_iterator file(directoryOf(directory_, Part::Settled), gone), end;
         !gone && file != end; file.increment(gone)) {
        std::error_code ignored;
        if (isAbout(file->path(), subject)) fs::remove(file->path(), ignored);
    }
}

bool AnswerJournal::writable() const noexcept {
    static std::atomic<unsigned> count{0};  // several may ask at once
    try {
        cipher_.activeKey();
        const auto name =
            ".probe-" + std::to_string(::getpid()) + "-" + std::to_string(count.fetch_add(1));
        auto file = JournalFile::create(directoryOf(directory_, Part::Open) / name);
        const bool written = file.tryAdd("probe");
        file.remove();
        return written;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace postato::journal
