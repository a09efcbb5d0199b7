/// \file
/// Text as an address to send a browser to: never one of another site, however a browser reads it.

#include <algorithm>
#include <array>
#include <string>

#include "api/targets.hpp"
#include "fuzz.hpp"
#include "net/url.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr std::array<std::string_view, 2> kAllowed = {"https://postato.example.com",
                                                      "https://app.example.com"};

bool isPlain(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '\\'; });
}

/// Written out: an allowed origin, perhaps its own port, then the end or a path or a query.
bool staysAt(std::string_view url, std::string_view origin) {
    if (!toLower(url).starts_with(origin)) return false;
    auto rest = url.substr(origin.size());
    if (rest.starts_with(":443")) rest.remove_prefix(4);
    return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

void checkReturnUrl(std::string_view text) {
    if (!api::isReturnUrl(text, std::string(kAllowed[0]), {std::string(kAllowed[1])})) return;
    require(text.size() <= 2048 && isPlain(text));
    require(staysAt(text, kAllowed[0]) || staysAt(text, kAllowed[1]));
    const auto answered =
        api::withQuery(std::string(text), {{"code", "a b\r\n#"}, {"x", text.data()}});
    require(isPlain(answered) && api::originOf(answered) == api::originOf(text));
    require(answered.starts_with(text) && answered.find('#') == std::string::npos);
    if (const auto url = net::parseUrl(answered)) require(url->origin() == api::originOf(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::textOf(data, size));
    if (const auto path = api::returnPath(text)) {
        require(path == text && path->starts_with('/') && !path->starts_with("//"));
        require(isPlain(*path) && path->find_first_of("?#.") == std::string::npos);
    }
    if (const auto origin = api::originOf(text))
        require(isPlain(*origin) && api::originOf(*origin) == origin);
    checkReturnUrl(text);
    return 0;
}
