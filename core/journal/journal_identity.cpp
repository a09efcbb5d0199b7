// The name by which the database knows a journal on some machine's disk.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "journal/answer_journal.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"

namespace postato::journal {
namespace {

constexpr std::string_view kPrefix = "jrn_";

std::optional<std::string> readName(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string name;
    if (!std::getline(in, name)) return std::nullopt;
    if (!name.starts_with(kPrefix) || !isUlid(std::string_view(name).substr(kPrefix.size())))
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal's file " + file.string() +
                                  " does not hold the journal's name; remove it"});
    return name;
}

}  // namespace

std::string identify(const std::filesystem::path& directory, TimePoint now, Random& random) {
    const auto file = directory / "id";
    if (auto name = readName(file)) return *name;
    const auto name = std::string(kPrefix) + makeUlid(now, random);
    const auto fresh = directory / (".id-" + name);
    // Complete before it has its name, and never in the place of one that is there: several
    // processes may do this at once.
    const auto failed = [&] {
        const std::string reason = std::strerror(errno);
        ::unlink(fresh.c_str());
        throw Error(ErrorCode::Unavailable, PublicMessage{"The journal's file " + file.string() +
                                                          " cannot be made: " + reason});
    };
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) failed();
    const auto line = name + "\n";
    const bool written =
        ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!written || (::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST)) failed();
    ::unlink(fresh.c_str());
    return readName(file).value_or(name);
}

}  // namespace postato::journal
