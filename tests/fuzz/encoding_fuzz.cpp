/// \file
/// Text forms of bytes: each has one spelling that is accepted, and comes back as it went.

#include <string>

#include "fuzz.hpp"
#include "util/encoding.hpp"
#include "util/ids.hpp"

using namespace postato;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    fuzz::require(fromBase64Url(toBase64Url(text)) == std::string(text));
    fuzz::require(fromHex(toHex(text)) == std::string(text));
    fuzz::require(percentDecode(percentEncode(text), true) == std::string(text));
    if (const auto bytes = fromBase64Url(text)) fuzz::require(toBase64Url(*bytes) == text);
    if (const auto bytes = fromHex(text)) fuzz::require(toHex(*bytes) == toLower(text));
    if (const auto id = AccountId::parse(text)) fuzz::require(AccountId::parse(id->str()) == id);
    return 0;
}
