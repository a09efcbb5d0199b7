#include "crypto/pkce.hpp"

#include "crypto/hashing.hpp"
#include "util/encoding.hpp"

namespace postato::crypto {

sdk::Secret makeCodeVerifier(Random& random) { return sdk::Secret(toBase64Url(random.bytes(32))); }

std::string codeChallenge(sdk::PkceMethod method, const sdk::Secret& verifier) {
    switch (method) {
        case sdk::PkceMethod::None:
            return {};
        case sdk::PkceMethod::S256:
            return toBase64Url(sha256(verifier.reveal()));
        case sdk::PkceMethod::S256Hex:
            return sha256Hex(verifier.reveal());
    }
    return {};
}

}  // namespace postato::crypto
