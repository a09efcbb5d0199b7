/// \file
/// A Cookie header: ours is found only under its whole name and only once, whatever stands beside
/// it, and nothing in it is able to end a Set-Cookie header early.

#include <string>

#include "fuzz.hpp"
#include "http/cookies.hpp"
#include "http/message.hpp"

using namespace postato::http;
using postato::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string header(postato::fuzz::textOf(data, size));
    const bool named = header.find("__Host-session") != std::string::npos;
    const auto session = cookie(&header, "session");
    require(named || !session);
    if (!named) {
        const auto beside = header + "; __Host-session=good";
        require(cookie(&beside, "session") == "good");
    }
    if (!session) return 0;
    const auto twice = header + "; __Host-session=other";
    require(!cookie(&twice, "session"));
    const auto set = setCookie("session", *session, std::chrono::seconds(60));
    require(set ==
            "__Host-session=" + *session + "; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax");
    Headers().add("set-cookie", set);
    return 0;
}
