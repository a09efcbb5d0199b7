#pragma once

// The command line of postato-sandbox.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postato::sandbox {

struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool json = false;  // nothing but the line of JSON
    bool help = false;
};

extern const std::string_view kUsage;

/// `arguments` without the program's name. Throws std::runtime_error with a sentence.
Options parseOptions(const std::vector<std::string>& arguments);

}  // namespace postato::sandbox
