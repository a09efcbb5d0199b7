#include "keys/key_copies.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "util/descriptor.hpp"
#include "util/durable_file.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

namespace postato::keys {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr std::size_t kLargestFile = 4096;

[[noreturn]] void fail(const fs::path& file, const std::string& problem) {
    throw Error(ErrorCode::Unavailable,
                PublicMessage{"The copy of a data key " + file.string() + " " + problem});
}

[[noreturn]] void failed(const fs::path& file, const char* act) {
    fail(file, std::string("cannot be ") + act + ": " + std::strerror(errno));
}

/// Nothing for a name that no key can have.
std::optional<std::uint32_t> numberOf(const std::string& name) {
    std::uint32_t id = 0;
    const auto* end = name.data() + name.size();
    const auto [stopped, error] = std::from_chars(name.data(), end, id);
    if (error != std::errc() || stopped != end || id == 0) return std::nullopt;
    return id;
}

template <typename Act>
void durably(const fs::path& file, Act act) {
    try {
        act();
    } catch (const std::system_error& failure) {
        fail(file, failure.what());
    }
}

std::string readText(const fs::path& file) {
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (fd.get() < 0) failed(file, "opened");
    std::array<char, kLargestFile> block{};
    const auto count = ::read(fd.get(), block.data(), block.size());
    if (count < 0) failed(file, "read");
    return {block.data(), static_cast<std::size_t>(count)};
}

KeyCopy read(const fs::path& file, std::uint32_t id) {
    const auto text = readText(file);
    try {
        const auto root = parseJson(text);
        if (root.at("format").get<int>() != kFormat) throw std::out_of_range("format");
        return {.id = id,
                .wrapped = root.at("wrapped").get<std::string>(),
                .created_at = fromMillis(root.at("createdAt").get<std::int64_t>())};
    } catch (const std::exception&) {
        fail(file, "does not hold one");
    }
}

}  // namespace

KeyCopies::Listing KeyCopies::list() const {
    Listing listing;
    std::error_code error;
    for (fs::directory_iterator file(directory_, error), end; !error && file != end;
         file.increment(error)) {
        const auto name = file->path().filename().string();
        if (name.starts_with('.')) continue;
        try {
            const auto id = numberOf(name);
            if (!id) fail(file->path(), "has a name that is no key's number");
            listing.copies.push_back(read(file->path(), *id));
        } catch (const Error& unreadable) {
            listing.problems.push_back(unreadable.message());
        }
    }
    if (error && error != std::errc::no_such_file_or_directory)
        listing.problems.push_back("The directory " + directory_.string() +
                                   " with copies of data keys cannot be read: " + error.message());
    std::sort(listing.copies.begin(), listing.copies.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return listing;
}

void KeyCopies::keep(const KeyCopy& key) {
    const auto file = directory_ / std::to_string(key.id);
    const auto fresh =
        directory_ / ("." + std::to_string(key.id) + "-" + std::to_string(::getpid()));
    durably(file, [&] {
        if (::mkdir(directory_.c_str(), 0700) == 0)
            syncDirectory(directory_.parent_path());
        else if (errno != EEXIST)
            failed(directory_, "made");
        ::unlink(fresh.c_str());  // it names our process, so it was left by one that is gone
        replaceFile(file, fresh,
                    dumpJson({{"format", kFormat},
                              {"wrapped", key.wrapped},
                              {"createdAt", toMillis(key.created_at)}}) +
                        "\n");
    });
}

void KeyCopies::remove(std::uint32_t id) {
    const auto file = directory_ / std::to_string(id);
    if (::unlink(file.c_str()) != 0) {
        if (errno == ENOENT) return;
        failed(file, "removed");
    }
    durably(file, [&] { syncDirectory(directory_); });
}

}  // namespace postato::keys
