#define BOOST_TEST_DYN_LINK
#include "support.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include <boost/test/unit_test.hpp>
#include <iterator>
#include <sstream>

#include "server.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {
namespace {

Server& server() {
    static Server instance("127.0.0.1", 0);
    return instance;
}

const std::string kReadonly = "https://www.googleapis.com/auth/youtube.readonly";
const std::string kUpload = "https://www.googleapis.com/auth/youtube.upload";

struct Paths {
    std::string authorize;
    std::string token;
    std::string identity;
    std::string revoke;
    std::string scope;
    std::string client_name = "client_id";
};

const Paths& pathsOf(const std::string& platform) {
    static const std::map<std::string, Paths> kPaths = {
        {"twitter",
         {"/i/oauth2/authorize", "/2/oauth2/token", "/2/users/me", "/2/oauth2/revoke",
          "tweet.read tweet.write users.read offline.access"}},
        {"linkedin",
         {"/oauth/v2/authorization", "/oauth/v2/accessToken", "/v2/me", "/oauth/v2/revoke",
          "w_member_social r_basicprofile"}},
        {"instagram",
         {"/oauth/authorize", "/oauth/access_token", "/v26.0/me", "/v26.0/me/permissions",
          "instagram_business_basic,instagram_business_content_publish"}},
        {"facebook",
         {"/v26.0/dialog/oauth", "/v26.0/oauth/access_token", "/v26.0/me", "/v26.0/me/permissions",
          "instagram_basic,instagram_content_publish,pages_show_list,business_management"}},
        {"tiktok",
         {"/v2/auth/authorize/", "/v2/oauth/token/", "/v2/user/info/", "/v2/oauth/revoke/",
          "video.upload,user.info.basic", "client_key"}},
        {"youtube",
         {"/o/oauth2/v2/auth", "/token", "/youtube/v3/channels", "/revoke",
          kUpload + " " + kReadonly}},
    };
    return kPaths.at(platform);
}

Fields changed(Fields fields, const Fields& changes) {
    for (const auto& [name, value] : changes) {
        if (value == kAbsent) {
            fields.erase(name);
        } else {
            fields[name] = value;
        }
    }
    return fields;
}

std::string encode(const Fields& fields) {
    Parameters out;
    for (const auto& [name, value] : fields) out.add(name, value);
    return out.encode();
}

Fields clientFields(const std::string& platform) {
    Fields out = {{pathsOf(platform).client_name, "sandbox-" + platform}};
    if (platform != "twitter") out["client_secret"] = secretOf(platform);
    return out;
}

Headers clientHeaders(const std::string& platform) {
    if (platform != "twitter") return {};
    return {{"Authorization", basic("sandbox-twitter", secretOf("twitter"))}};
}

}  // namespace

std::string secretOf(const std::string& platform) { return "sandbox-" + platform + "-secret"; }
std::string originOfServer() { return server().url(); }
std::uint16_t portOfServer() { return server().port(); }
std::string bearer(const std::string& token) { return "Bearer " + token; }

std::string basic(const std::string& user, const std::string& password) {
    auto encoded = base64UrlEncode(user + ":" + password);
    for (auto& c : encoded) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return "Basic " + encoded + std::string((4 - encoded.size() % 4) % 4, '=');
}

std::string Reply::at(const std::string& dotted) const {
    const Json parsed = Json::parse(body, nullptr, false);
    const Json* node = &parsed;
    for (const auto& name : split(dotted, ".")) {
        if (!node->is_object() || !node->contains(name)) return "";
        node = &node->at(name);
    }
    return node->is_string() ? node->get<std::string>() : node->dump();
}

Callback parseCallback(const std::string& location) {
    const auto hash = location.find('#');
    const auto mark = location.find('?');
    Callback out{location.substr(0, std::min(mark, hash))};
    if (mark != std::string::npos) {
        const auto query = location.substr(
            mark + 1, hash == std::string::npos ? std::string::npos : hash - mark - 1);
        out.parameters = Parameters::parse(query).value_or(Parameters{});
    }
    if (hash != std::string::npos) out.fragment = location.substr(hash);
    return out;
}

Fixture::Fixture() { control("reset", Json::object()); }

Reply Fixture::send(const std::string& method, const std::string& target, const Headers& headers,
                    const std::string& body, int timeout_ms) const {
    Reply reply;
    try {
        Poco::Net::HTTPClientSession session("127.0.0.1", server().port());
        session.setTimeout(Poco::Timespan(timeout_ms * Poco::Timespan::MILLISECONDS));
        session.setKeepAlive(false);
        Poco::Net::HTTPRequest request(method, target, Poco::Net::HTTPMessage::HTTP_1_1);
        request.setHost("localhost", server().port());
        for (const auto& [name, value] : headers) request.set(name, value);
        if (!body.empty() || method == "POST") {
            request.setContentLength(static_cast<std::streamsize>(body.size()));
        }
        session.sendRequest(request) << body;
        Poco::Net::HTTPResponse response;
        auto& stream = session.receiveResponse(response);
        reply.status = response.getStatus();
        for (const auto& [name, value] : response) reply.headers.emplace_back(name, value);
        reply.body.assign(std::istreambuf_iterator<char>(stream), {});
        reply.complete =
            response.getContentLength64() == static_cast<Poco::Int64>(reply.body.size());
    } catch (const Poco::Exception& problem) {
        reply.failure = problem.name();
    }
    return reply;
}

Reply Fixture::get(const std::string& path, const Fields& query, const Headers& headers) const {
    return send("GET", query.empty() ? path : path + "?" + encode(query), headers);
}

Reply Fixture::postForm(const std::string& path, const Fields& form, const Headers& headers) const {
    auto all = headers;
    all.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return send("POST", path, all, encode(form));
}

Reply Fixture::tryControl(const std::string& call, const Json& body) const {
    return send("POST", "/_sandbox/" + call, {{"Content-Type", "application/json"}}, body.dump());
}

Reply Fixture::control(const std::string& call, const Json& body) const {
    auto reply = tryControl(call, body);
    BOOST_REQUIRE_MESSAGE(reply.status == 200, call << " answered " << reply.body);
    return reply;
}

Json Fixture::oracle(const std::string& platform) const {
    return get("/_sandbox/oracle", {{"platform", platform}}).json();
}

Json Fixture::journal(const std::string& platform, const std::string& endpoint) const {
    return get("/_sandbox/journal", {{"platform", platform}, {"endpoint", endpoint}})
        .json()["requests"];
}

void Fixture::turn(const std::string& platform, const std::string& name, const Json& value) const {
    control("switches", {{"platform", platform}, {name, value}});
}

void Fixture::advance(std::int64_t seconds) const {
    control("clock", {{"advanceSeconds", seconds}});
}

void Fixture::event(const std::string& platform, const std::string& person, const std::string& name,
                    const std::string& scope) const {
    Json body = {{"platform", platform}, {"event", name}};
    if (!scope.empty()) body["scope"] = scope;
    control("people/" + person + "/events", body);
}

void Fixture::fault(const std::string& platform, const std::string& endpoint,
                    const std::string& kind, Json more) const {
    more["platform"] = platform;
    more["endpoint"] = endpoint;
    more["kind"] = kind;
    control("faults", more);
}

Reply Fixture::authorize(const std::string& platform, const Fields& changes) const {
    const auto& paths = pathsOf(platform);
    Fields query = {{"response_type", "code"},
                    {paths.client_name, "sandbox-" + platform},
                    {"redirect_uri", kRedirectUri},
                    {"scope", paths.scope},
                    {"state", "a state/with+odd=characters"}};
    if (platform == "twitter") {
        query["code_challenge"] = sha256Base64Url(kVerifier);
        query["code_challenge_method"] = "S256";
    } else if (platform == "youtube") {
        query["access_type"] = "offline";
        query["prompt"] = "consent";
    }
    return get("/" + platform + paths.authorize, changed(std::move(query), changes));
}

Callback Fixture::consent(const std::string& platform, const std::string& person,
                          const Fields& changes, Json more) const {
    more["platform"] = platform;
    more["person"] = person;
    if (!more.contains("decision")) more["decision"] = "approve";
    control("consent", more);
    const auto reply = authorize(platform, changes);
    BOOST_REQUIRE_MESSAGE(reply.status == 302, platform << " answered " << reply.body);
    return parseCallback(reply.header("Location"));
}

Reply Fixture::exchange(const std::string& platform, const std::string& code,
                        const Fields& changes) const {
    auto fields = clientFields(platform);
    fields["code"] = code;
    fields["redirect_uri"] = kRedirectUri;
    if (platform == "twitter") fields["code_verifier"] = kVerifier;
    const auto path = "/" + platform + pathsOf(platform).token;
    if (platform == "facebook") return get(path, changed(std::move(fields), changes));
    fields["grant_type"] = "authorization_code";
    return postForm(path, changed(std::move(fields), changes), clientHeaders(platform));
}

Tokens Fixture::connect(const std::string& platform, const std::string& person,
                        const Fields& changes, Json more) const {
    const auto callback = consent(platform, person, changes, std::move(more));
    auto reply = exchange(platform, callback.get("code"));
    BOOST_REQUIRE_MESSAGE(reply.status == 200 && !reply.at("access_token").empty(),
                          platform << " answered " << reply.body);
    const auto short_lived = reply.at("access_token");
    if (platform == "instagram") {
        reply = get("/instagram/access_token", {{"grant_type", "ig_exchange_token"},
                                                {"client_secret", secretOf(platform)},
                                                {"access_token", short_lived}});
    } else if (platform == "facebook") {
        auto fields = clientFields(platform);
        fields["grant_type"] = "fb_exchange_token";
        fields["fb_exchange_token"] = short_lived;
        reply = get("/facebook/v26.0/oauth/access_token", fields);
    }
    BOOST_REQUIRE_MESSAGE(reply.status == 200, platform << " answered " << reply.body);
    const auto access = reply.at("access_token");
    const bool meta = platform == "instagram" || platform == "facebook";
    return {access, meta ? access : reply.at("refresh_token"), reply.json()};
}

Reply Fixture::refresh(const std::string& platform, const std::string& token,
                       const Fields& changes) const {
    if (platform == "instagram") {
        return get("/instagram/refresh_access_token",
                   changed({{"grant_type", "ig_refresh_token"}, {"access_token", token}}, changes));
    }
    auto fields = clientFields(platform);
    if (platform == "facebook") {
        fields["grant_type"] = "fb_exchange_token";
        fields["fb_exchange_token"] = token;
        return get("/facebook/v26.0/oauth/access_token", changed(std::move(fields), changes));
    }
    fields["grant_type"] = "refresh_token";
    fields["refresh_token"] = token;
    return postForm("/" + platform + pathsOf(platform).token, changed(std::move(fields), changes),
                    clientHeaders(platform));
}

Reply Fixture::identity(const std::string& platform, const std::string& token,
                        const Fields& changes) const {
    Fields query;
    if (platform == "instagram") query["fields"] = "id,user_id,username,name,account_type";
    if (platform == "tiktok") query["fields"] = "open_id,union_id,avatar_url,display_name";
    if (platform == "youtube") query = {{"part", "snippet"}, {"mine", "true"}};
    return get("/" + platform + pathsOf(platform).identity, changed(std::move(query), changes),
               {{"Authorization", bearer(token)}});
}

Reply Fixture::revoke(const std::string& platform, const std::string& token,
                      const Fields& changes) const {
    const auto path = "/" + platform + pathsOf(platform).revoke;
    if (platform == "instagram" || platform == "facebook") {
        return send("DELETE", path + "?access_token=" + percentEncode(token));
    }
    auto fields = platform == "youtube" ? Fields{} : clientFields(platform);
    fields["token"] = token;
    return postForm(path, changed(std::move(fields), changes), clientHeaders(platform));
}

}  // namespace postato::sandbox::testing
