#include "journal/journal_places.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "util/error.hpp"

namespace postato::journal {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& directory, const std::string& problem) {
    throw Error(ErrorCode::Unavailable,
                PublicMessage{"The journal's directory " + directory.string() + " " + problem});
}

void makePrivate(const fs::path& directory) {
    struct stat status {};
    const bool there = ::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST;
    if (!there || ::lstat(directory.c_str(), &status) != 0)
        fail(directory, std::string("cannot be made: ") + std::strerror(errno));
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0)
        fail(directory, "must belong to the user this program runs as, with mode 0700");
}

bool isUnlocked(const fs::path& file) { return file.filename().string().starts_with('.'); }

std::vector<fs::directory_entry> listed(const fs::path& directory, bool unlocked) {
    std::vector<fs::directory_entry> files;
    std::error_code error;
    for (fs::directory_iterator file(directory, error), end; !error && file != end;
         file.increment(error))
        if (isUnlocked(file->path()) == unlocked) files.push_back(*file);
    if (error) fail(directory, "cannot be read: " + error.message());
    return files;
}

/// Part of every name: `.` separates the parts, so it is allowed in the last one only.
std::string nameOf(const Call& call) { return call.subject + "." + call.attempt; }

}  // namespace

fs::path directoryOf(const fs::path& journal, Part part) {
    switch (part) {
        case Part::Open:
            return journal / "open";
        case Part::Settled:
            return journal / "settled";
        case Part::Unread:
            break;
    }
    return journal / "unread";
}

void makePlaces(const fs::path& journal) {
    makePrivate(journal);
    for (const auto part : kParts) makePrivate(directoryOf(journal, part));
}

std::vector<fs::directory_entry> filesIn(const fs::path& journal, Part part) {
    return listed(directoryOf(journal, part), false);
}

std::vector<fs::directory_entry> unlockedFilesIn(const fs::path& journal) {
    return listed(directoryOf(journal, Part::Open), true);
}

bool isThere(const fs::path& journal, Part part) {
    const auto directory = directoryOf(journal, part);
    std::error_code error;
    const bool there = fs::exists(directory, error);
    if (error)
        fail(directory, "cannot be looked at: " + error.message() +
                            "; run this as the user the service runs as, or see to the disk");
    return there;
}

fs::path openPath(const fs::path& journal, const Call& call, int readings) {
    const auto suffix = readings == 0 ? std::string() : "~" + std::to_string(readings);
    return directoryOf(journal, Part::Open) / (nameOf(call) + suffix);
}

fs::path settledPath(const fs::path& journal, const Call& call) {
    return directoryOf(journal, Part::Settled) / nameOf(call);
}

fs::path unreadPath(const fs::path& journal, const Call& call, const std::string& plugin_version) {
    auto word = sdk::safeCode(plugin_version);
    std::replace(word.begin(), word.end(), '/', '_');
    return directoryOf(journal, Part::Unread) / (nameOf(call) + "." + word);
}

int readingsOf(const fs::path& file) {
    const auto name = file.filename().string();
    const auto mark = name.rfind('~');
    return mark == std::string::npos ? 0 : std::atoi(name.c_str() + mark + 1);
}

bool isAbout(const fs::path& file, const std::string& subject) {
    return file.filename().string().starts_with(subject + ".");
}

}  // namespace postato::journal
