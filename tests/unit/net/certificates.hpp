#pragma once

/// \file
/// Certificates made on the spot.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace postato::net_tests {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

/// A certificate with its private key.
struct Identity {
    std::unique_ptr<EVP_PKEY, FreeKey> key;
    std::unique_ptr<X509, FreeCertificate> certificate;

    std::string pem() const;  ///< the certificate alone
};

struct Validity {
    long from_days = -1;
    long to_days = 1;
};

Identity makeAuthority();
/// `alternative_names` as OpenSSL writes them: "DNS:platform.test,IP:127.0.0.1".
Identity makeServer(const Identity& authority, const std::string& alternative_names,
                    Validity validity = {});
Identity makeSelfSigned(const std::string& alternative_names);

}  // namespace postato::net_tests
