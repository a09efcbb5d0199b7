#pragma once

/// \file
/// Where the chaos tests end the process as `kill -9` would. Builds without tests hold none of it.
///
/// POSTATO_KILL_AT=K5 in the environment ends the process at the first passage of K5, K5:3 at the
/// third. The points of a refresh are, in order:
///
///     K0 claimed, not committed    K1 claim committed         K2 connected, nothing sent
///     K3 request sent              K4 half of the answer      K5 whole answer, not in the journal
///     K6 in the journal            K7 COMMIT sent             K8 committed, file not moved
///     K9 all done

#ifdef POSTATO_KILL_POINTS

#include <string_view>

namespace postato {

/// Ends the process if the environment names this point. Thread-safe.
void passKillPoint(std::string_view name) noexcept;

/// Whether the next commit of this thread is the one that K7 is about; true once after each
/// `armCommit`.
void armCommit() noexcept;
bool takeArmedCommit() noexcept;

}  // namespace postato

#define POSTATO_KILL_POINT(name) ::postato::passKillPoint(name)
#define POSTATO_ARM_COMMIT() ::postato::armCommit()
#else
#define POSTATO_KILL_POINT(name) static_cast<void>(0)
#define POSTATO_ARM_COMMIT() static_cast<void>(0)
#endif
