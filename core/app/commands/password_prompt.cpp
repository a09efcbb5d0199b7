#include "app/commands/password_prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "util/error.hpp"

namespace postato::app {
namespace {

/// Stops the terminal from showing what is typed.
class Unechoed {
public:
    Unechoed() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Unechoed() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << '\n';
    }
    Unechoed(const Unechoed&) = delete;
    Unechoed& operator=(const Unechoed&) = delete;

private:
    termios before_{};
};

sdk::Secret readLine() {
    std::string line;
    if (!std::getline(std::cin, line))
        throw Error(ErrorCode::InvalidArgument,
                    PublicMessage{"There is no password on standard input"});
    if (line.ends_with('\r')) line.pop_back();
    return sdk::Secret(std::move(line));
}

sdk::Secret ask(const char* prompt) {
    std::cerr << prompt << std::flush;
    const Unechoed quiet;
    return readLine();
}

}  // namespace

sdk::Secret readNewPassword() {
    if (::isatty(STDIN_FILENO) == 0) return readLine();
    auto first = ask("New password: ");
    const auto second = ask("Again: ");
    if (first.reveal() != second.reveal())
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"The two passwords differ"});
    return first;
}

}  // namespace postato::app
