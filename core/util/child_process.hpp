#pragma once

/// \file
/// Another program, run for what it prints.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace postato {

struct ChildResult {
    bool ended = false;  ///< by itself; otherwise it was killed at the limit
    int exit_code = 0;   ///< when it ended by itself and by no signal
    int signal = 0;      ///< that ended it, when it ended by itself
    std::string output;  ///< the last `most` bytes of its standard output
    bool more = false;   ///< there were more of them
};

/// Runs `words` (a path, then its arguments; no shell) with an empty standard input, for `limit` at
/// most. Its standard error is dropped: nobody knows what is in it. The output is read into one
/// piece of memory, so whoever wipes `output` has wiped all of it. Throws Error{Internal} when it
/// cannot be started. Thread-safe.
ChildResult runChild(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                     std::size_t most);

}  // namespace postato
