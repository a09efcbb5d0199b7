/// \file
/// Text forms of bytes: each has one spelling that is accepted, and comes back as it went.

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;

namespace {

/// As another implementation sees it: the JSON library refuses to write what is not UTF-8.
bool isUtf8(const std::string& text) {
    try {
        nlohmann::json(text).dump();
        return true;
    } catch (const nlohmann::json::type_error&) {
        return false;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::textOf(data, size));
    require(fromBase64Url(toBase64Url(text)) == text);
    require(fromHex(toHex(text)) == text);
    require(percentDecode(percentEncode(text), true) == text);
    if (const auto bytes = fromBase64Url(text)) require(toBase64Url(*bytes) == text);
    if (const auto bytes = fromHex(text)) require(toHex(*bytes) == toLower(text));
    if (const auto plain = percentDecode(text, false)) {
        require(plain->size() <= text.size());
        require(percentDecode(percentEncode(*plain), false) == plain);
    }
    require(isStorableText(text) == (isUtf8(text) && text.find('\0') == std::string::npos));

    const auto half = text.substr(0, size / 2);
    const auto rest = text.substr(size / 2);
    require(equalConstantTime(half, rest) == (half == rest) && equalConstantTime(text, text));
    return 0;
}
