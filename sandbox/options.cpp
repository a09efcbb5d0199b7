#include "options.hpp"

#include <charconv>
#include <stdexcept>

namespace postato::sandbox {
namespace {

std::uint16_t readPort(const std::string& text) {
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data(), end, port);
    if (problem != std::errc{} || stopped != end || text.empty()) {
        throw std::runtime_error("--port must be a number from 0 to 65535, not \"" + text + "\".");
    }
    return port;
}

}  // namespace

const std::string_view kUsage =
    R"(postato-sandbox: X, LinkedIn, Instagram, Facebook, TikTok and YouTube on localhost.

  --port N      the port to listen on; 0, the default, takes a free one
  --host HOST   127.0.0.1 (the default), localhost or ::1
  --json        print the line of JSON only, without the hints on stderr
  --help        print this

When it is ready it prints one line to stdout: {"url":"http://localhost:N","port":N,"pid":N}.
It runs until SIGTERM or SIGINT. Open the url in a browser for the calls it understands.
)";

Options parseOptions(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto equals = arguments[i].find('=');
        const auto name = arguments[i].substr(0, equals);
        const auto value = [&]() -> std::string {
            if (equals != std::string::npos) return arguments[i].substr(equals + 1);
            if (++i == arguments.size()) throw std::runtime_error(name + " needs a value.");
            return arguments[i];
        };
        if (name == "--port") {
            options.port = readPort(value());
        } else if (name == "--host") {
            options.host = value();
        } else if (arguments[i] == "--json") {
            options.json = true;
        } else if (arguments[i] == "--help") {
            options.help = true;
        } else {
            throw std::runtime_error("Unknown argument \"" + arguments[i] + "\"; see --help.");
        }
    }
    return options;
}

}  // namespace postato::sandbox
