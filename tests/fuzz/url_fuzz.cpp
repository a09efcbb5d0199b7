/// \file
/// Text as an address to call: what is accepted has one reading, whoever reads it.

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "net/url.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;

namespace {

bool isPlain(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '\\'; });
}

/// A host that some program would take for a number is an address in its usual spelling, or none.
void checkHost(const std::string& host) {
    require(!host.empty() && host == toLower(host) && isPlain(host) && !host.ends_with('.'));
    require(host.find_first_of("@/?#%[]") == std::string::npos);
    in_addr loose{};
    const bool number = ::inet_aton(host.c_str(), &loose) == 1;
    require(!number || net::isAddressLiteral(host));
    if (host.find(':') == std::string::npos && net::isAddressLiteral(host)) {
        char spelled[INET_ADDRSTRLEN] = {};
        require(number && ::inet_ntop(AF_INET, &loose, spelled, sizeof spelled) == host);
    }
    if (net::isLoopbackHost(host))
        require(host == "localhost" || host == "::1" || (number && host.starts_with("127.")));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    const auto url = net::parseUrl(text);
    if (!url) return 0;
    require(isPlain(text) && text.find_first_of("@#") >= text.find_first_of("/?", 8));
    require(text.find('#') == std::string_view::npos);
    require(url->port != 0 && (url->scheme == "http" || url->scheme == "https"));
    require(isPlain(url->target) && url->target.starts_with('/'));
    require(url->path().find('?') == std::string::npos);
    checkHost(url->host);
    const auto again = net::parseUrl(url->origin() + url->target);
    require(again && again->origin() == url->origin() && again->target == url->target);
    return 0;
}
