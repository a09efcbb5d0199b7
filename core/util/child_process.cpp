#include "util/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "util/descriptor.hpp"
#include "util/error.hpp"

// glibc 2.36 declares it without C linkage.
extern "C" {
#include <sys/pidfd.h>
}

namespace postato {
namespace {

using Steady = std::chrono::steady_clock;

Error cannotStart(const std::string& program, int error) {
    return Error(ErrorCode::Internal,
                 PublicMessage{program + " cannot be started: " + std::strerror(error)});
}

struct Pipe {
    Descriptor read, write;
    static Pipe make(const std::string& program) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw cannotStart(program, errno);
        return {Descriptor(ends[0]), Descriptor(ends[1])};
    }
};

pid_t spawn(std::vector<std::string> words, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int error =
        ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw cannotStart(words[0], error);
    return child;
}

/// Waits until `descriptor` has something to say; false when the deadline came first.
bool waitFor(int descriptor, Steady::time_point deadline) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
        if (left.count() <= 0) return false;
        pollfd ready{descriptor, POLLIN, 0};
        const int count = ::poll(&ready, 1, static_cast<int>(left.count()));
        if (count < 0 && errno == EINTR) continue;
        return count == 1;
    }
}

/// Reads to the end; false when the deadline came first.
bool readAll(int descriptor, Steady::time_point deadline, std::size_t most, ChildResult& result) {
    std::array<char, 4096> buffer{};
    result.output.reserve(most + buffer.size());
    bool whole = false;
    while (waitFor(descriptor, deadline)) {
        const auto count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        whole = count <= 0;
        if (whole) break;
        result.output.append(buffer.data(), static_cast<std::size_t>(count));
        if (result.output.size() <= most) continue;
        result.output.erase(0, result.output.size() - most);
        result.more = true;
    }
    ::explicit_bzero(buffer.data(), buffer.size());
    return whole;
}

int reap(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

ChildResult runChild(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                     std::size_t most) {
    const auto deadline = Steady::now() + limit;
    auto pipe = Pipe::make(words.at(0));
    const pid_t child = spawn(words, pipe.write.get());
    pipe.write.close();
    ChildResult result;
    // Closing standard output is not ending: that is waited for by the same deadline.
    const Descriptor process(::pidfd_open(child, 0));
    result.ended =
        readAll(pipe.read.get(), deadline, most, result) && waitFor(process.get(), deadline);
    if (!result.ended) ::kill(child, SIGKILL);
    const int status = reap(child);
    if (result.ended && WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    if (result.ended && WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
}

}  // namespace postato
