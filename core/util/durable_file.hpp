#pragma once

/// \file
/// Small files that survive a loss of power: complete, or not at all. Failures are
/// std::system_error whose `what()` says what could not be done and why, to be put behind a name
/// for the file that its user knows.

#include <filesystem>
#include <string_view>

namespace postato {

/// False with the reason in errno.
bool writeAll(int descriptor, std::string_view bytes) noexcept;

/// Makes the file, for this user alone, with all of `text` on the disk; its name is durable after
/// `syncDirectory`. The code is std::errc::file_exists when there is one of that name.
void createFile(const std::filesystem::path& file, std::string_view text);

/// Puts `text` in the place of what the file holds, if there is one. `fresh` is a name in the same
/// directory that nobody else uses at that time; what an ended process left there must be gone.
void replaceFile(const std::filesystem::path& file, const std::filesystem::path& fresh,
                 std::string_view text);

void syncDirectory(const std::filesystem::path& directory);

}  // namespace postato
