#include "platforms/plugin_check_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "platforms/plugin_file_check.hpp"
#include "platforms/plugin_image.hpp"
#include "platforms/plugin_refusal.hpp"
#include "util/error.hpp"

// glibc 2.36 declares it without C linkage.
extern "C" {
#include <sys/pidfd.h>
}

namespace postato::platforms {
namespace {

using Clock = std::chrono::steady_clock;

/// The verdict comes last; of what stands before it nothing is kept.
constexpr std::size_t kKeptOutput = 8 * 1024;

struct Pipe {
    OpenFile read{-1}, write{-1};
    static Pipe make() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw Error(ErrorCode::Internal, PublicMessage{"No pipe for the plugin check"});
        return {OpenFile(ends[0]), OpenFile(ends[1])};
    }
};

pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& file, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<std::string> words = command;
    words.push_back(file.string());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int error =
        ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw Error(ErrorCode::Internal, PublicMessage{"The plugin check cannot be started: " +
                                                       words[0] + ": " + std::strerror(error)});
    return child;
}

/// Reads to the end or to the deadline; nothing when the deadline came first.
std::optional<std::string> readUntil(int descriptor, Clock::time_point deadline) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return std::nullopt;
        pollfd readable{descriptor, POLLIN, 0};
        const int ready = ::poll(&readable, 1, static_cast<int>(left));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return std::nullopt;
        const auto count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > kKeptOutput) text.erase(0, text.size() - kKeptOutput);
    }
}

/// Closing standard output is not ending: that is waited for by the same deadline.
bool endsUntil(pid_t child, Clock::time_point deadline) {
    const OpenFile process(::pidfd_open(child, 0));
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd ended{process.descriptor(), POLLIN, 0};
        const int ready = ::poll(&ended, 1, static_cast<int>(left));
        if (ready < 0 && errno == EINTR) continue;
        return ready == 1;
    }
}

int reap(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

struct Verdict {
    std::string name;  ///< "ok" or a cause
    std::string text;
};

std::optional<Verdict> findVerdict(const std::string& output) {
    const auto line = output.rfind(std::string("\n") + kVerdict);
    if (line == std::string::npos) return std::nullopt;
    const auto start = line + std::strlen(kVerdict) + 1;
    const auto verdict = output.substr(start, output.find('\n', start) - start);
    const auto colon = verdict.find(": ");
    if (colon == std::string::npos) return std::nullopt;
    return Verdict{verdict.substr(0, colon), verdict.substr(colon + 2)};
}

[[noreturn]] void crashed(const std::string& how) {
    throw PluginRefused(RefusalCause::CrashedInCheck,
                        how +
                            " when it was tried in a child process; copy it here again, or tell "
                            "its author");
}

}  // namespace

std::string checkPluginInChild(const std::vector<std::string>& command,
                               const std::filesystem::path& file, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    auto pipe = Pipe::make();
    const pid_t child = spawn(command, file, pipe.write.descriptor());
    { const OpenFile closes_our_end = std::move(pipe.write); }
    const auto output = readUntil(pipe.read.descriptor(), deadline);
    const bool ended = output && endsUntil(child, deadline);
    if (!ended) ::kill(child, SIGKILL);
    const int status = reap(child);
    if (!ended) crashed("did not come to an end");
    if (WIFSIGNALED(status))
        crashed(std::string("ended the process (") + ::strsignal(WTERMSIG(status)) + ")");

    const auto verdict = findVerdict(*output);
    if (!verdict) crashed("ended the process without a word");
    if (WEXITSTATUS(status) == static_cast<int>(CheckExit::Good) && verdict->name == "ok")
        return verdict->text;
    if (const auto cause = causeFromName(verdict->name)) throw PluginRefused(*cause, verdict->text);
    crashed("ended the process");
}

}  // namespace postato::platforms
