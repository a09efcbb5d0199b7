#include "journal/answer_journal.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"
#include "util/wiped_json.hpp"

namespace postato::journal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kReserve = 16 * 1024;  ///< several answers of a usual size
constexpr std::chrono::hours kKeepUnread{24 * 7};
constexpr int kFormat = 1;
constexpr char kUnreadable[] = "sealed";  ///< in the place of a plugin's version

fs::path directoryOf(const fs::path& journal, AnswerJournal::Part part) {
    switch (part) {
        case AnswerJournal::Part::Open:
            return journal / "open";
        case AnswerJournal::Part::Settled:
            return journal / "settled";
        case AnswerJournal::Part::Unread:
            break;
    }
    return journal / "unread";
}

void makePrivate(const fs::path& directory) {
    struct stat status {};
    const bool there = ::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST;
    if (!there || ::lstat(directory.c_str(), &status) != 0)
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal's directory " + directory.string() +
                                  " cannot be made: " + std::strerror(errno)});
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0)
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal's directory " + directory.string() +
                                  " must belong to the user this program runs as, with mode 0700"});
}

fs::directory_iterator filesIn(const fs::path& directory) {
    std::error_code error;
    fs::directory_iterator files(directory, error);
    if (error)
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal's directory " + directory.string() +
                                  " cannot be read: " + error.message()});
    return files;
}

/// Whether anything was journalled yet. A directory that cannot be looked at is not one that is not
/// there.
bool isThere(const fs::path& directory) {
    std::error_code error;
    const bool there = fs::exists(directory, error);
    if (error)
        throw Error(
            ErrorCode::Unavailable,
            PublicMessage{"The journal's directory " + directory.string() +
                          " cannot be looked at: " + error.message() +
                          "; run this as the user the service runs as, or see to the disk"});
    return there;
}

/// Part of every name: `.` separates the parts, so it is allowed in the last one only.
std::string nameOf(const Call& call) { return call.subject + "." + call.attempt; }

fs::path openPath(const fs::path& journal, const Call& call, int readings) {
    const auto suffix = readings == 0 ? std::string() : "~" + std::to_string(readings);
    return directoryOf(journal, AnswerJournal::Part::Open) / (nameOf(call) + suffix);
}

int readingsOf(const fs::path& file) {
    const auto name = file.filename().string();
    const auto mark = name.rfind('~');
    return mark == std::string::npos ? 0 : std::atoi(name.c_str() + mark + 1);
}

fs::path unreadPath(const fs::path& journal, const Call& call, const std::string& version) {
    auto word = sdk::safeCode(version);
    std::replace(word.begin(), word.end(), '/', '_');
    return directoryOf(journal, AnswerJournal::Part::Unread) / (nameOf(call) + "." + word);
}

std::string headOf(const Call& call) {
    return dumpJson({{"format", kFormat},
                     {"operation", call.operation == Operation::Refresh ? "refresh" : "exchange"},
                     {"workspace", call.workspace},
                     {"platform", call.platform},
                     {"subject", call.subject},
                     {"attempt", call.attempt},
                     {"generation", call.generation}});
}

Call readHead(const std::string& head) {
    const auto read = parseJson(head);
    if (read.at("format").get<int>() != kFormat) throw std::out_of_range("format");
    const auto text = [&](const char* name) { return read.at(name).get<std::string>(); };
    return {.operation = text("operation") == "refresh" ? Operation::Refresh : Operation::Exchange,
            .workspace = text("workspace"),
            .platform = text("platform"),
            .subject = text("subject"),
            .attempt = text("attempt"),
            .generation = read.at("generation").get<std::int64_t>()};
}

crypto::SealContext contextOf(const Call& call, const std::string& head, std::size_t position) {
    return {.workspace = call.workspace,
            .table = "journal",
            .row = head,
            .column = "answer/" + std::to_string(position),
            .generation = call.generation};
}

/// Headers and body as base64url: neither need be UTF-8.
sdk::Secret textOf(const Answer& answer) {
    WipedJson document;
    auto& root = document.root;
    root["at"] = toMillis(answer.received_at);
    root["method"] = answer.method;
    root["address"] = answer.address;
    root["status"] = answer.response.status;
    auto& headers = root["headers"] = json::array();
    for (const auto& [name, value] : answer.response.headers) {
        auto& header = headers.emplace_back(json::array());
        header.push_back(toBase64Url(name));
        header.push_back(toBase64Url(value));
    }
    root["body"] = toBase64Url(answer.response.body);
    return sdk::Secret(document.dump());
}

std::string decoded(const json& text) {
    return fromBase64Url(text.get_ref<const std::string&>()).value();
}

Answer answerOf(const sdk::Secret& text) {
    const WipedJson document(parseJson(text.reveal()));
    const auto& root = document.root;
    Answer answer{.received_at = fromMillis(root.at("at").get<std::int64_t>()),
                  .method = root.at("method").get<std::string>(),
                  .address = root.at("address").get<std::string>(),
                  .response = {}};
    answer.response.status = root.at("status").get<int>();
    for (const auto& header : root.at("headers"))
        answer.response.headers.emplace_back(decoded(header.at(0)), decoded(header.at(1)));
    answer.response.body = decoded(root.at("body"));
    return answer;
}

}  // namespace

std::string addressOf(const std::string& url) { return url.substr(0, url.find('?')); }

JournalEntry::JournalEntry(const fs::path& directory, const crypto::TokenCipher& cipher,
                           JournalFile file, Call call, std::string head)
    : directory_(directory),
      cipher_(&cipher),
      file_(std::move(file)),
      call_(std::move(call)),
      head_(std::move(head)) {}

JournalEntry::JournalEntry(JournalEntry&& other) noexcept
    : directory_(std::move(other.directory_)),
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
    return file_ && file_->path() == unreadPath(directory_, call_, plugin_version);
}

void JournalEntry::beginReading() {
    file_->moveTo(openPath(directory_, call_, readings_ + 1));
    ++readings_;
}

void JournalEntry::endReading() {
    file_->moveTo(openPath(directory_, call_, 0));
    readings_ = 0;
}

void JournalEntry::record(const Answer& answer) {
    file_->add(cipher_->seal(contextOf(call_, head_, size_), textOf(answer)));
    ++size_;
    file_->sync();
}

void JournalEntry::settle() noexcept {
    endAt(directoryOf(directory_, AnswerJournal::Part::Settled) / nameOf(call_));
}

void JournalEntry::setAside(const std::string& plugin_version) noexcept {
    endAt(unreadPath(directory_, call_, plugin_version));
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

AnswerJournal::AnswerJournal(fs::path directory, const crypto::TokenCipher& cipher)
    : directory_(std::move(directory)), cipher_(cipher) {
    makePrivate(directory_);
    for (const auto part : {Part::Open, Part::Settled, Part::Unread})
        makePrivate(directoryOf(directory_, part));
}

JournalEntry AnswerJournal::begin(const Call& call) {
    cipher_.activeKey();  // an answer that could not be sealed must not be asked for
    auto file = JournalFile::create(openPath(directory_, call, 0), kReserve);
    auto head = headOf(call);
    JournalEntry entry(directory_, cipher_, std::move(file), call, std::move(head));
    entry.file_->add(entry.head_);
    return entry;
}

std::vector<fs::path> AnswerJournal::list(Part part) const {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code error;
    for (const auto& file : filesIn(directoryOf(directory_, part))) {
        if (file.path().filename().string().starts_with('.')) continue;
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

std::optional<JournalEntry> AnswerJournal::resume(const fs::path& path) {
    auto file = JournalFile::open(path);
    if (!file) return std::nullopt;
    const auto lines = file->lines();
    if (lines.size() < 2) {
        file->remove();
        return std::nullopt;
    }
    try {
        JournalEntry entry(directory_, cipher_, std::move(*file), readHead(lines.front()),
                           lines.front());
        entry.size_ = lines.size() - 1;  // first, so that nothing removes what does not open
        for (std::size_t i = 1; i < lines.size(); ++i)
            entry.answers_.push_back(
                answerOf(cipher_.open(contextOf(entry.call_, entry.head_, i - 1), lines[i])));
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
    for (const auto& file : filesIn(directoryOf(directory_, Part::Open)))
        if (file.path().filename().string().starts_with(subject + ".")) return true;
    return false;
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
    // Files whose process died before it had locked them.
    for (const auto& file : filesIn(directoryOf(directory_, Part::Open)))
        if (file.path().filename().string().starts_with('.')) removeOlder(file.path(), kKeepUnread);
}

void AnswerJournal::forget(const std::string& subject) noexcept {
    std::error_code gone;
    for (fs::directory_iterator file(directoryOf(directory_, Part::Settled), gone), end;
         !gone && file != end; file.increment(gone)) {
        std::error_code ignored;
        if (file->path().filename().string().starts_with(subject + "."))
            fs::remove(file->path(), ignored);
    }
}

JournalStock takeStock(const fs::path& directory) {
    const auto count = [&](AnswerJournal::Part part) {
        const auto files = directoryOf(directory, part);
        if (!isThere(files)) return std::ptrdiff_t{0};
        return std::count_if(begin(filesIn(files)), fs::directory_iterator(), [](const auto& file) {
            return !file.path().filename().string().starts_with('.');
        });
    };
    return {.open = static_cast<std::size_t>(count(AnswerJournal::Part::Open)),
            .settled = static_cast<std::size_t>(count(AnswerJournal::Part::Settled)),
            .unread = static_cast<std::size_t>(count(AnswerJournal::Part::Unread))};
}

JournalSeals checkSeals(const fs::path& directory, const crypto::TokenCipher& cipher) {
    JournalSeals seals;
    using Part = AnswerJournal::Part;
    for (const auto part : {Part::Open, Part::Settled, Part::Unread}) {
        const auto files = directoryOf(directory, part);
        if (!isThere(files)) continue;
        for (const auto& file : filesIn(files)) {
            const auto name = file.path().filename().string();
            if (name.starts_with('.')) continue;
            try {
                const auto lines = JournalFile::peek(file.path());
                if (!lines || lines->size() < 2) continue;  // settled meanwhile, or no answer yet
                const auto& head = lines->front();
                const auto call = readHead(head);
                for (std::size_t i = 1; i < lines->size(); ++i)
                    cipher.open(contextOf(call, head, i - 1), (*lines)[i]);
                ++seals.opened;
            } catch (const std::exception&) {
                seals.failures.push_back(name);
            }
        }
    }
    return seals;
}

bool AnswerJournal::writable() const noexcept {
    static std::atomic<unsigned> count{0};  // several may ask at once
    try {
        cipher_.activeKey();
        const auto name =
            ".probe-" + std::to_string(::getpid()) + "-" + std::to_string(count.fetch_add(1));
        auto file = JournalFile::create(directoryOf(directory_, Part::Open) / name, kReserve);
        const bool written = file.tryAdd("probe");
        file.remove();
        return written;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace postato::journal
