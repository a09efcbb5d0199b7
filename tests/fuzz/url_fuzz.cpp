/// \file
/// Text as an address to call, and as one to send a browser to: what is accepted has one reading.

#include <algorithm>
#include <string>

#include "api/targets.hpp"
#include "fuzz.hpp"
#include "net/url.hpp"

using namespace postato;

namespace {

bool isPlain(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '\\'; });
}

void checkOutbound(std::string_view text) {
    const auto url = net::parseUrl(text);
    if (!url) return;
    fuzz::require(url->port != 0 && !url->host.empty());
    fuzz::require(isPlain(url->host) && isPlain(url->target) && url->target.starts_with('/'));
    fuzz::require(url->host.find('@') == std::string::npos);
    const auto again = net::parseUrl(url->origin() + url->target);
    fuzz::require(again && again->origin() == url->origin() && again->target == url->target);
}

void checkReturn(std::string_view text) {
    if (const auto path = api::returnPath(text))
        fuzz::require(path->starts_with('/') && !path->starts_with("//") && isPlain(*path));
    if (const auto origin = api::originOf(text))
        fuzz::require(isPlain(*origin) && api::originOf(*origin) == origin);
    if (api::isReturnUrl(text, "https://postato.example.com", {"https://app.example.com"})) {
        const auto origin = api::originOf(text);
        fuzz::require(origin == "https://postato.example.com" ||
                      origin == "https://app.example.com");
        fuzz::require(isPlain(api::withQuery(std::string(text), {{"code", "a b\r\n"}})));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    checkOutbound(text);
    checkReturn(text);
    return 0;
}
