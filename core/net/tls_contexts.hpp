#pragma once

/// \file
/// TLS towards the platforms: version 1.2 or later, a trusted chain, the right name, always. There
/// is no switch that turns any of it off.

#include <Poco/Net/Context.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace postato::net {

/// Makes and keeps one context per host. Thread-safe.
///
/// The expected name is pinned in the context, so that OpenSSL itself refuses another certificate
/// during the handshake. Poco's own check of the name comes after it, and can be missed when a peer
/// stalls the handshake or when a failed session is used again.
class TlsContexts {
public:
    /// Trusts the certificates in `ca_file`, or the system's when it is empty. Throws
    /// Error{InvalidArgument} when the file cannot be used.
    explicit TlsContexts(const std::filesystem::path& ca_file);
    ~TlsContexts();
    TlsContexts(const TlsContexts&) = delete;
    TlsContexts& operator=(const TlsContexts&) = delete;

    Poco::Net::Context::Ptr forHost(const std::string& host);

private:
    Poco::Net::Context::Ptr make(const std::string& host) const;

    X509_STORE* trusted_;  ///< shared by all contexts: reading the system's takes 30 ms
    std::mutex mutex_;
    std::map<std::string, Poco::Net::Context::Ptr> contexts_;
};

}  // namespace postato::net
