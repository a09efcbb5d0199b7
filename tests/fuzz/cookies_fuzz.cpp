/// \file
/// A Cookie header: read as it would be written, ours found only under its whole name and only
/// once, and nothing in it able to end a Set-Cookie header early.

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "http/cookies.hpp"
#include "http/message.hpp"

using namespace postato::http;
using postato::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string header(postato::fuzz::textOf(data, size));
    const auto pairs = parseCookies(header);
    const auto session = cookie(&header, "session");
    if (!pairs) {
        require(!session);
        return 0;
    }
    std::string again;
    for (const auto& [name, value] : *pairs) {
        require(isToken(name) && value.find_first_of("; ,\"\\") == std::string::npos);
        if (!again.empty()) again += "; ";
        again.append(name).append("=").append(value);
    }
    require(pairs->size() <= 64 && parseCookies(again) == pairs);

    const auto ours = std::count_if(pairs->begin(), pairs->end(), [](const auto& pair) {
        return pair.first == "__Host-session";
    });
    require(session.has_value() == (ours == 1));
    if (!session) return 0;
    const auto set = setCookie("session", *session, std::chrono::seconds(60));
    require(set ==
            "__Host-session=" + *session + "; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax");
    Headers().add("set-cookie", set);
    return 0;
}
