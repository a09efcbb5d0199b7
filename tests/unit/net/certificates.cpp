#include "certificates.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace postato::net_tests {
namespace {

void require(bool good) {
    if (!good) throw std::runtime_error("a test certificate cannot be made");
}

void addExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Unsigned, with a fresh key.
Identity makeBlank(const char* name, Validity validity) {
    static long serial = 0;
    constexpr long day = 24 * 60 * 60;
    Identity made{std::unique_ptr<EVP_PKEY, FreeKey>(EVP_EC_gen("P-256")),
                  std::unique_ptr<X509, FreeCertificate>(X509_new())};
    require(made.key && made.certificate);
    auto* const certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), validity.from_days * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), validity.to_days * day);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return made;
}

void sign(Identity& made, const Identity& by) {
    auto* const certificate = made.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(by.certificate.get()));
    require(X509_sign(certificate, by.key.get(), EVP_sha256()) > 0);
}

}  // namespace

std::string Identity::pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    require(PEM_write_bio_X509(memory.get(), certificate.get()) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Identity makeAuthority() {
    auto made = makeBlank("Test authority", {});
    addExtension(made.certificate.get(), made.certificate.get(), NID_basic_constraints,
                 "critical,CA:TRUE");
    addExtension(made.certificate.get(), made.certificate.get(), NID_key_usage,
                 "critical,keyCertSign");
    sign(made, made);
    return made;
}

Identity makeServer(const Identity& authority, const std::string& alternative_names,
                    Validity validity) {
    auto made = makeBlank("Test server", validity);
    addExtension(made.certificate.get(), authority.certificate.get(), NID_subject_alt_name,
                 alternative_names);
    sign(made, authority);
    return made;
}

Identity makeSelfSigned(const std::string& alternative_names) {
    auto made = makeBlank("Test server", {});
    addExtension(made.certificate.get(), made.certificate.get(), NID_subject_alt_name,
                 alternative_names);
    sign(made, made);
    return made;
}

}  // namespace postato::net_tests
