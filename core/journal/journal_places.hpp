#pragma once

/// \file
/// Where a journal's files lie and how they are named. A name is the subject's and the attempt's,
/// with the part after the last `.` or `~` telling what became of it.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal_entry.hpp"

namespace postato::journal {

enum class Part { Open = 1, Settled, Unread };
constexpr Part kParts[] = {Part::Open, Part::Settled, Part::Unread};

std::filesystem::path directoryOf(const std::filesystem::path& journal, Part part);

/// Makes the journal's directories, private to this user. Throws Error{Unavailable}.
void makePlaces(const std::filesystem::path& journal);

/// The files of one part, in no order, without those that are only being made. Throws
/// Error{Unavailable} when the directory is missing or cannot be read.
std::vector<std::filesystem::directory_entry> filesIn(const std::filesystem::path& journal,
                                                      Part part);
/// Those that are only being made, or whose process died before it had locked them.
std::vector<std::filesystem::directory_entry> unlockedFilesIn(const std::filesystem::path& journal);

/// Whether anything was journalled yet. Throws Error{Unavailable} for a directory that cannot be
/// looked at, which is not one that is not there.
bool isThere(const std::filesystem::path& journal, Part part);

std::filesystem::path openPath(const std::filesystem::path& journal, const Call& call,
                               int readings);
std::filesystem::path settledPath(const std::filesystem::path& journal, const Call& call);
std::filesystem::path unreadPath(const std::filesystem::path& journal, const Call& call,
                                 const std::string& plugin_version);

/// How many readings of an open entry began and did not end.
int readingsOf(const std::filesystem::path& file);
bool isAbout(const std::filesystem::path& file, const std::string& subject);

}  // namespace postato::journal
