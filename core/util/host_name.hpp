#pragma once

/// \file
/// What this machine calls itself, for people who look for it.

#include <unistd.h>

#include <string>

namespace postato {

inline std::string hostName() {
    char host[256] = {};
    ::gethostname(host, sizeof(host) - 1);
    return host;
}

}  // namespace postato
