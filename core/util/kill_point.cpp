#include "util/kill_point.hpp"

#ifdef POSTATO_KILL_POINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

namespace postato {
namespace {

struct Wanted {
    std::string name;
    int passage = 1;
};

Wanted readEnvironment() {
    const char* text = std::getenv("POSTATO_KILL_AT");
    if (text == nullptr) return {};
    Wanted wanted{text};
    if (const auto colon = wanted.name.find(':'); colon != std::string::npos) {
        wanted.passage = std::atoi(wanted.name.c_str() + colon + 1);
        wanted.name.resize(colon);
    }
    return wanted;
}

thread_local bool armed = false;

}  // namespace

void passKillPoint(std::string_view name) noexcept {
    static const Wanted wanted = readEnvironment();
    static std::atomic<int> passages{0};
    if (name == wanted.name && ++passages == wanted.passage) ::raise(SIGKILL);
}

void armCommit() noexcept { armed = true; }

bool takeArmedCommit() noexcept {
    const bool was = armed;
    armed = false;
    return was;
}

}  // namespace postato

#endif
