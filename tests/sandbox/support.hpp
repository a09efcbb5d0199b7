#pragma once

// A running sandbox and a client for it. One server serves all cases; each case starts by
// resetting it.

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "wire/message.hpp"

namespace postato::sandbox::testing {

using Fields = std::map<std::string, std::string>;

struct Reply {
    int status = 0;  // 0: no answer came
    Headers headers{};
    std::string body{};
    bool complete = false;  // as long as its Content-Length says
    std::string failure{};  // the exception's name when no answer came

    std::string header(const std::string& name) const {
        return findHeader(headers, name).value_or("");
    }
    Json json() const { return Json::parse(body); }
    /// A field of a JSON object as text, however it is nested below: "error.code".
    std::string at(const std::string& dotted) const;
};

/// Where an authorization led.
struct Callback {
    std::string target;  // the redirect URI without query and fragment
    Parameters parameters{};
    std::string fragment{};

    std::string get(const std::string& name) const { return parameters.get(name); }
};

Callback parseCallback(const std::string& location);

/// What a connect brought.
struct Tokens {
    std::string access;
    std::string refresh;  // at Meta the access token again
    Json body;
};

inline const std::string kRedirectUri = "http://127.0.0.1:9/callback";
inline const std::string kVerifier = "a-verifier-of-the-length-that-rfc-7636-asks-for-0123456789";

class Fixture {
public:
    Fixture();

    Reply send(const std::string& method, const std::string& target, const Headers& headers = {},
               const std::string& body = "", int timeout_ms = 10000) const;
    Reply get(const std::string& path, const Fields& query = {}, const Headers& headers = {}) const;
    Reply postForm(const std::string& path, const Fields& form, const Headers& headers = {}) const;

    // The control API; `control` demands success.
    Reply tryControl(const std::string& call, const Json& body) const;
    Reply control(const std::string& call, const Json& body) const;
    Json oracle(const std::string& platform) const;
    Json firstGrant(const std::string& platform) const { return oracle(platform)["grants"][0]; }
    Json journal(const std::string& platform, const std::string& endpoint = "") const;
    void turn(const std::string& platform, const std::string& name, const Json& value) const;
    void advance(std::int64_t seconds) const;
    void event(const std::string& platform, const std::string& person, const std::string& name,
               const std::string& scope = "") const;
    void fault(const std::string& platform, const std::string& endpoint, const std::string& kind,
               Json more = Json::object()) const;

    // The platforms. `changes` replace default parameters; the value kAbsent takes one out.
    Reply authorize(const std::string& platform, const Fields& changes = {}) const;
    /// Authorizes as that person with a scripted answer.
    Callback consent(const std::string& platform, const std::string& person = "ada",
                     const Fields& changes = {}, Json more = Json::object()) const;
    Reply exchange(const std::string& platform, const std::string& code,
                   const Fields& changes = {}) const;
    /// Consent and everything up to usable tokens; demands success.
    Tokens connect(const std::string& platform, const std::string& person = "ada",
                   const Fields& changes = {}, Json more = Json::object()) const;
    Reply refresh(const std::string& platform, const std::string& token,
                  const Fields& changes = {}) const;
    Reply identity(const std::string& platform, const std::string& token,
                   const Fields& changes = {}) const;
    Reply revoke(const std::string& platform, const std::string& token,
                 const Fields& changes = {}) const;
};

inline const std::string kAbsent = "\x01";

/// The platforms with the OAuth endpoints of their own; Facebook is a second mode of Instagram.
inline const std::vector<std::string> kPlatforms = {"twitter",  "linkedin", "instagram",
                                                    "facebook", "tiktok",   "youtube"};

std::string basic(const std::string& user, const std::string& password);
std::string bearer(const std::string& token);
std::string secretOf(const std::string& platform);
std::string originOfServer();
std::uint16_t portOfServer();

}  // namespace postato::sandbox::testing
