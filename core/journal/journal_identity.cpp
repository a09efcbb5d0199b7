#include "journal/journal_identity.hpp"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>

#include "util/durable_file.hpp"
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
    try {
        createFile(fresh, name + "\n");
        const bool named = ::link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST;
        const int reason = errno;
        ::unlink(fresh.c_str());
        if (!named) throw std::system_error(reason, std::generic_category(), "cannot be made");
        syncDirectory(directory);
    } catch (const std::system_error& failure) {
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal's file " + file.string() + " " + failure.what()});
    }
    return readName(file).value_or(name);
}

}  // namespace postato::journal
