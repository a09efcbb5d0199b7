/// \file
/// Text out of a request line or header through its decoders: queries, cookies, paths, addresses.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "http/client_address.hpp"
#include "http/cookies.hpp"
#include "http/query.hpp"
#include "http/routing.hpp"
#include "util/encoding.hpp"

using postato::fuzz::require;

namespace {

using namespace postato::http;

constexpr std::array kRoutes = {
    RoutePattern{"GET", "/"},
    RoutePattern{"GET", "/v1/{a}/x/{b}"},
    RoutePattern{"POST", "/{a}/{b}/{c}/{d}"},
};

/// What was decoded and is encoded again reads the same.
void checkQuery(std::string_view text) {
    const auto parameters = QueryParameters::parse(text);
    if (!parameters) return;
    std::string again;
    for (const auto& [name, value] : parameters->all()) {
        require(postato::isStorableText(name) && postato::isStorableText(value));
        again += postato::percentEncode(name) + "=" + postato::percentEncode(value) + "&";
    }
    const auto reread = QueryParameters::parse(again);
    require(reread.has_value() && reread->all() == parameters->all());
}

void checkCookies(std::string_view text) {
    const auto pairs = parseCookies(text);
    if (!pairs) return;
    std::string again;
    for (const auto& [name, value] : *pairs) {
        if (!again.empty()) again += "; ";
        again.append(name).append("=").append(value);
    }
    require(parseCookies(again) == pairs);
}

void checkPath(std::string_view text) {
    static const RouteMatcher matcher(kRoutes);
    for (const std::string_view method : {"GET", "POST"}) {
        const auto match = matcher.match(method, text);
        for (const auto& [name, value] : match.parameters)
            require(value.find_first_of("/\\") == std::string::npos && value != "..");
    }
}

void checkAddress(std::string_view text) {
    const auto address = canonicalAddress(text);
    require(address.empty() || canonicalAddress(address) == address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = postato::fuzz::textOf(data, size);
    checkQuery(text);
    checkCookies(text);
    checkPath("/" + std::string(text));
    checkAddress(text);
    return 0;
}
