#include "platforms/redirect.hpp"

#include "wire/encoding.hpp"

namespace postato::sandbox {

std::string withParameters(std::string_view uri, const Parameters& parameters,
                           std::string_view fragment) {
    std::string out(uri);
    if (!parameters.empty()) {
        out += uri.find('?') == std::string_view::npos ? '?' : '&';
        out += parameters.encode();
    }
    return out += fragment;
}

bool verifierMatches(std::string_view challenge, std::string_view method,
                     std::string_view verifier) {
    if (verifier.empty()) return false;
    if (lowerCase(method) == "s256") return sha256Base64Url(verifier) == challenge;
    return verifier == challenge;  // `plain`, also when no method was named
}

bool hexVerifierMatches(std::string_view challenge, std::string_view verifier) {
    return !verifier.empty() && sha256Hex(verifier) == challenge;
}

}  // namespace postato::sandbox
