// Instagram, by either of Meta's two products. Scopes, set-up, quirks and sources stand in
// README.md beside this file.

#include <memory>
#include <stdexcept>

#include "facebook_login.hpp"
#include "instagram_login.hpp"

namespace postato::instagram {
namespace {

constexpr const char* kOptionKeys[] = {"login", "config_id", "api_version", nullptr};

std::unique_ptr<sdk::Platform> makeLogin(const sdk::PlatformConfig& config) {
    const std::string login = option(config, "login", "instagram");
    if (login == "instagram" && !option(config, "config_id").empty())
        throw std::invalid_argument("Instagram's config_id needs login = facebook");
    if (login == "instagram") return std::make_unique<InstagramLogin>(config);
    if (login == "facebook") return std::make_unique<FacebookLogin>(config);
    throw std::invalid_argument("Instagram's login is neither 'instagram' nor 'facebook'");
}

/// Hands every call to the mode that the configuration chose.
class InstagramPlatform final : public sdk::Platform {
public:
    explicit InstagramPlatform(const sdk::PlatformConfig& config) : login_(makeLogin(config)) {}

    const sdk::Traits& traits() const noexcept override { return login_->traits(); }
    std::string authorizationUrl(const sdk::AuthorizationRequest& request) const override {
        return login_->authorizationUrl(request);
    }
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override {
        return login_->parseCallback(parameters);
    }
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const override {
        return login_->exchangeCode(http, exchange);
    }
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const override {
        return login_->refresh(http, credentials);
    }
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override {
        return login_->revoke(http, credentials);
    }
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override {
        return login_->identify(http, credentials);
    }

private:
    std::unique_ptr<sdk::Platform> login_;
};

}  // namespace
}  // namespace postato::instagram

POSTATO_PLUGIN("instagram", "Instagram", "0.1.0", postato::instagram::kOptionKeys,
               postato::instagram::InstagramPlatform);
