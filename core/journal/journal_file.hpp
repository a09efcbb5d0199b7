#pragma once

/// \file
/// One file of the journal: lines that are on the disk when the call that added them returns.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postato::journal {

/// Whoever has the file open holds its lock, and a process that dies lets go of it: so a file that
/// can be opened belongs to nobody who is still at work. Not thread-safe.
///
/// Functions throw Error{Unavailable} that names the file and the system's reason.
class JournalFile {
public:
    /// A new file with room for several answers on the disk, so that a full disk is noticed before
    /// there is something to lose. Nothing is durable yet. Until it is locked its name begins with
    /// a full stop.
    static JournalFile create(std::filesystem::path path);

    /// A file that is there; nothing when it is gone or somebody else is at work on it.
    static std::optional<JournalFile> open(std::filesystem::path path);

    /// The complete lines of a file that somebody may be at work on; nothing when it is gone.
    static std::optional<std::vector<std::string>> peek(const std::filesystem::path& path);

    JournalFile(JournalFile&& other) noexcept;
    JournalFile& operator=(JournalFile&&) = delete;
    ~JournalFile();

    /// Appends a line. `line` holds no line feed.
    void add(std::string_view line);
    /// The same, with the reason for a failure in errno.
    bool tryAdd(std::string_view line) noexcept;
    /// Returns when all lines, and the file's name, would survive a loss of power.
    void sync();
    /// The complete lines; what a crash has left of a last one is dropped.
    std::vector<std::string> lines();

    /// To another path of the same file system.
    void moveTo(const std::filesystem::path& path);
    void remove() noexcept;

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    JournalFile(std::filesystem::path path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}

    std::filesystem::path path_;
    int descriptor_;
    bool name_synced_ = false;
};

}  // namespace postato::journal
