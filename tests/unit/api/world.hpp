#pragma once

/// \file
/// The whole service without sockets: real services on a database of its own, a platform in memory,
/// a clock that stands still. Tests put requests in and look at the answers.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "accounts/account_service.hpp"
#include "accounts/account_writer.hpp"
#include "accounts/api_key_service.hpp"
#include "accounts/connect_link_service.hpp"
#include "accounts/connection_service.hpp"
#include "accounts/refresh_on_demand.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/sign_in_service.hpp"
#include "api/dispatcher.hpp"
#include "api/readiness.hpp"
#include "api/services.hpp"
#include "api/static_files.hpp"
#include "crypto/system_random.hpp"
#include "crypto/token_cipher.hpp"
#include "fake_platform.hpp"
#include "journal/answer_journal.hpp"
#include "metrics/metrics.hpp"
#include "persistence/database.hpp"
#include "persistence/migrator.hpp"
#include "support/data_keys.hpp"
#include "support/temporary_directory.hpp"

namespace postato::api::testing {

inline const audit::Actor kOperator{"operator", "root@here"};
inline const std::string kMetricsToken = "a token of the operator's";
inline const std::string kPublicUrl = "https://postato.example";
inline const std::string kReturnOrigin = "https://app.example";

/// A signed-in browser: its cookies and its CSRF token.
struct Browser {
    std::vector<std::pair<std::string, std::string>> cookies;
    std::string csrf_token;

    /// Takes over what a response sets, as a browser would.
    void store(const http::Response& response);
    std::string cookieHeader() const;
};

struct Call {
    std::string method = "GET";
    std::string target;  ///< path and query
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

class World {
public:
    World();

    http::Response send(const Call& call);
    /// With `Authorization: Bearer`.
    http::Response asKey(const std::string& key, const std::string& method,
                         const std::string& target, const std::string& body = "");
    /// As our own pages' scripts send it: cookies, Origin, CSRF token, JSON.
    http::Response asPage(Browser& browser, const std::string& method, const std::string& target,
                          const std::string& body = "");
    /// A navigation: cookies, and nothing else.
    http::Response visit(Browser& browser, const std::string& target,
                         const std::string& fetch_site = "cross-site");
    /// A form of our own pages.
    http::Response submit(Browser& browser, const std::string& target, const std::string& form);

    WorkspaceId makeWorkspace(const std::string& name);
    /// The key's text.
    std::string makeKey(const std::vector<WorkspaceId>& workspaces,
                        const std::vector<std::string>& permissions = accounts::knownPermissions());
    /// Signed in by a one-time link. `role` in `workspace`, for members.
    Browser signIn(const std::string& email, const std::string& tenant_role = "member",
                   const std::vector<std::pair<WorkspaceId, std::string>>& roles = {});
    /// Goes through the whole flow as the browser's person; the id of the account.
    std::string connect(Browser& browser, const WorkspaceId& workspace, const std::string& person);
    /// Starts a connect; the `state` that the platform would get.
    std::string beginConnect(Browser& browser, const WorkspaceId& workspace,
                             const std::string& more_json = "");

    postato::testing::TemporaryDirectory directory;
    FakeClock clock;
    crypto::SystemRandom random;
    Logger log;
    std::shared_ptr<FakePlatform> platform;
    persistence::Database database;
    persistence::Migrator migrator;
    postato::testing::TestDataKeys data_keys{{1, 'k'}};
    crypto::TokenCipher cipher{"ins_test", data_keys, random};
    accounts::TokenVault vault;
    platforms::PlatformRegistry registry;
    accounts::PlatformGateway gateway;
    journal::AnswerJournal journal;
    accounts::RefreshSchedule schedule;
    accounts::RevocationQueue revocations;
    accounts::PlatformBreakers breakers;
    accounts::RefreshSettlement settlement;
    accounts::AccountWriter writer;
    accounts::TokenRefresher refresher;
    accounts::RefreshOnDemand refresh_on_demand;
    accounts::AccountService account_service;
    accounts::ConnectionService connections;
    accounts::ConnectLinkService links;
    accounts::SignInService sign_in;
    accounts::ApiKeyService keys;
    StaticFiles files;
    Readiness readiness;
    postato::metrics::Metrics metrics{"0.0.0"};
    Services services;
    Dispatcher dispatcher;

private:
    int requests_ = 0;
};

/// The value of a query parameter in an address.
std::string parameterOf(const std::string& address, const std::string& name);
/// The value of a header; empty when it is absent.
std::string headerOf(const http::Response& response, const std::string& name);
/// The value of a hidden field in a page.
std::string fieldOf(const std::string& page, const std::string& name);

}  // namespace postato::api::testing
