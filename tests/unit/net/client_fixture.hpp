#pragma once

/// \file
/// A client whose names lead to this machine, and an authority it trusts.

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "certificates.hpp"
#include "net/platform_http_client.hpp"
#include "test_server.hpp"

namespace postato::net_tests {

/// A table of names. A name of its own, not `localhost`: some checks of certificates are looser for
/// hosts that a name service calls loopback.
class TableResolver final : public net::Resolver {
public:
    std::map<std::string, std::vector<std::string>> names{{"platform.test", {"127.0.0.1"}}};

    std::vector<std::string> resolve(const std::string& host,
                                     std::chrono::steady_clock::time_point) override {
        const auto found = names.find(host);
        return found == names.end() ? std::vector<std::string>{} : found->second;
    }
};

struct ClientFixture {
    static constexpr std::chrono::milliseconds kAmple{20'000};

    Identity authority = makeAuthority();
    std::filesystem::path ca_file = writeFile(authority.pem());
    TableResolver resolver;
    FakeClock clock;
    Logger logger{clock, -1};  // nobody reads it
    net::OutboundOptions options{.user_agent = "postato/test", .ca_file = ca_file.string()};

    ~ClientFixture() { std::filesystem::remove(ca_file); }

    Identity server() const { return makeServer(authority, "DNS:platform.test"); }

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request,
                                        std::chrono::milliseconds deadline = kAmple) {
        net::Outbound outbound(options, resolver, logger);
        return outbound.client(deadline)->send(request);
    }

    sdk::Result<sdk::HttpResponse> get(const TestServer& server,
                                       std::chrono::milliseconds deadline = kAmple) {
        return send({"GET", url(server), {}, {}}, deadline);
    }

    static std::string url(const TestServer& server, const std::string& host = "platform.test",
                           const std::string& scheme = "https") {
        return scheme + "://" + host + ":" + std::to_string(server.port()) + "/path?secret=canary";
    }

    static std::filesystem::path writeFile(const std::string& content) {
        auto name = (std::filesystem::temp_directory_path() / "postato-ca-XXXXXX").string();
        const int file = mkstemp(name.data());
        if (file >= 0) ::close(file);
        std::ofstream(name) << content;
        return name;
    }
};

/// "transient deadline", "ambiguous answer_unusable", or "200".
inline std::string outcome(const sdk::Result<sdk::HttpResponse>& result) {
    if (result) return std::to_string(result.value().status);
    switch (result.error().kind) {
        case sdk::ErrorKind::Transient:
            return "transient " + result.error().code;
        case sdk::ErrorKind::Ambiguous:
            return "ambiguous " + result.error().code;
        case sdk::ErrorKind::Protocol:
            return "protocol " + result.error().code;
        default:
            return "another kind of error";
    }
}

}  // namespace postato::net_tests
