#pragma once

/// \file
/// A platform in memory whose answers a test scripts.

#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "postato/sdk/platform.hpp"

namespace postato::accounts::testing {

/// A plugin and the platform it talks to, over a network of one process. Strict rotation: each
/// refresh spends the token it was called with, and says so when a spent one comes back.
/// Thread-safe, as a platform is.
class ScriptedPlatform final : public sdk::Platform {
    /// Reads or changes under the lock.
    template <class Read>
    auto read(const Read& what) const {
        const std::lock_guard lock(mutex_);
        return what();
    }

public:
    ScriptedPlatform();

    const sdk::Traits& traits() const noexcept override { return facts; }
    std::string authorizationUrl(const sdk::AuthorizationRequest& request) const override;
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override;
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const override;
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const override;
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override;
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override;

    /// What the platform answers.
    sdk::Result<sdk::HttpResponse> serve(const sdk::HttpRequest& request) const;

    /// Credentials as a first consent of `person` gives them.
    sdk::Credentials consented(const std::string& person) const;

    /// Answers of the next refreshes, before the normal one.
    void nextRefresh(sdk::PlatformError error) const;
    void nextRevoke(sdk::PlatformError error) const;
    void forgetErrors() const;

    sdk::Traits facts;                             ///< set before the platform is handed out
    std::function<void()> during_refresh = [] {};  ///< runs while the call is under way
    std::chrono::seconds lifetime = std::chrono::hours(2);  ///< of access tokens
    bool reads = true;  ///< else the plugin makes nothing of a success, and says:
    sdk::ErrorKind unreadable = sdk::ErrorKind::Ambiguous;
    bool gives_refresh_tokens = true;
    bool answers_refresh_token = true;               ///< else a refresh keeps the old one unsaid
    std::optional<std::vector<std::string>> grants;  ///< scopes; none: as asked, unsaid

    int refreshes() const {
        return read([&] { return refreshes_; });
    }
    int reuses() const {
        return read([&] { return reuses_; });
    }
    int exchanges() const {
        return read([&] { return exchanges_; });
    }
    std::vector<std::string> revoked() const {
        return read([&] { return revoked_; });
    }

    /// The access tokens of pairs that were issued and neither spent nor revoked, sorted.
    std::vector<std::string> livingPairs() const;

private:
    bool isRevoked(const std::string& refresh_token) const;
    sdk::Credentials readTokens(const std::string& text) const;
    sdk::HttpResponse rotate(const std::string& token) const;

    mutable std::mutex mutex_;
    mutable int serial_ = 0;
    mutable int refreshes_ = 0;
    mutable int reuses_ = 0;
    mutable int exchanges_ = 0;
    mutable std::vector<std::string> issued_;  ///< refresh tokens, as are the spent
    mutable std::vector<std::string> spent_;
    mutable std::vector<std::string> revoked_;
    mutable std::deque<sdk::PlatformError> refresh_errors_;
    mutable std::deque<sdk::PlatformError> revoke_errors_;
};

/// The way to a scripted platform.
class ScriptedNetwork final : public sdk::HttpClient {
public:
    explicit ScriptedNetwork(const ScriptedPlatform& platform) : platform_(platform) {}
    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override {
        return platform_.serve(request);
    }

private:
    const ScriptedPlatform& platform_;
};

/// An error of a kind, with a code to match.
sdk::PlatformError errorOf(sdk::ErrorKind kind, sdk::GrantEnd end = sdk::GrantEnd::Unknown);

}  // namespace postato::accounts::testing
