/// \file
/// X-Forwarded-For: only what trusted proxies appended counts, so whatever a client writes in front
/// of it changes nothing.

#include <arpa/inet.h>

#include <string>

#include "fuzz.hpp"
#include "http/client_address.hpp"

using namespace postato::http;
using postato::fuzz::require;

namespace {

void checkSpelling(std::string_view text) {
    const auto address = canonicalAddress(text);
    if (address.empty()) return;
    require(!postato::fuzz::hasControl(text) && canonicalAddress(address) == address);
    in6_addr unused{};
    require(::inet_pton(address.find(':') == std::string::npos ? AF_INET : AF_INET6,
                        address.c_str(), &unused) == 1);
    require(!address.starts_with("::ffff:") || address.find('.') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TrustedProxies proxies({"10.0.0.1", "::1", "::ffff:10.0.0.2"});
    const std::string list(postato::fuzz::textOf(data, size));
    checkSpelling(list);

    require(proxies.clientOf("192.0.2.7", &list) == "192.0.2.7");
    const auto client = proxies.clientOf("10.0.0.2", &list);
    require(canonicalAddress(client) == client);
    const auto forged = "198.51.100.66, " + list;
    const auto with_forged = proxies.clientOf("10.0.0.2", &forged);
    require(with_forged == client || (proxies.contains(client) && with_forged == "198.51.100.66"));
    return 0;
}
