#include "net/tls_contexts.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "net/url.hpp"
#include "util/error.hpp"

namespace postato::net {
namespace {

/// Far more hosts than all platforms together have; beyond it something is wrong with the URLs.
constexpr std::size_t kMostContexts = 256;

constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";  // TLS 1.2; 1.3 has its own

void require(int result, const char* what) {
    if (result == 1) return;
    throw Error(ErrorCode::Internal, PublicMessage{"TLS cannot be set up"}, InternalDetail{what});
}

}  // namespace

TlsContexts::TlsContexts(const std::filesystem::path& ca_file) : trusted_(X509_STORE_new()) {
    require(trusted_ != nullptr, "X509_STORE_new");
    const bool read = ca_file.empty() ? X509_STORE_set_default_paths(trusted_) == 1
                                      : X509_STORE_load_file(trusted_, ca_file.c_str()) == 1;
    if (read) return;
    X509_STORE_free(trusted_);
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"No trusted certificates can be read from " +
                              (ca_file.empty() ? "the system's store" : ca_file.string())});
}

TlsContexts::~TlsContexts() { X509_STORE_free(trusted_); }

Poco::Net::Context::Ptr TlsContexts::forHost(const std::string& host) {
    const std::lock_guard lock(mutex_);
    if (const auto known = contexts_.find(host); known != contexts_.end()) return known->second;
    if (contexts_.size() >= kMostContexts) contexts_.clear();
    return contexts_[host] = make(host);
}

Poco::Net::Context::Ptr TlsContexts::make(const std::string& host) const {
    using Poco::Net::Context;
    Context::Ptr context(new Context(Context::TLS_CLIENT_USE, "", Context::VERIFY_STRICT, 9,
                                     /*loadDefaultCAs=*/false, kCiphers));
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    SSL_CTX* const ssl = context->sslContext();
    SSL_CTX_set1_cert_store(ssl, trusted_);
    // Poco's callback lets handlers wave a failed check through; without one nobody can.
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    // A connection that just ends must not look like one that was closed.
    SSL_CTX_clear_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);

    X509_VERIFY_PARAM* const expected = SSL_CTX_get0_param(ssl);
    if (isAddressLiteral(host)) {
        require(X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()), "set1_ip_asc");
    } else {
        X509_VERIFY_PARAM_set_hostflags(
            expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        require(X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()), "set1_host");
    }
    return context;
}

}  // namespace postato::net
