#include "world/journal.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::array<std::string_view, 10> kSecretNames = {
    "client_secret", "code",  "code_verifier", "access_token", "refresh_token",
    "token",         "state", "id_token",      "ticket",       "fb_exchange_token",
};

constexpr std::array<std::string_view, 4> kSecretHeaders = {"cookie", "referer", "x-api-key",
                                                            "dpop"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    for (const auto candidate : names) {
        if (candidate == name) return true;
    }
    return false;
}

/// A `plain` challenge is the verifier itself (RFC 7636 4.2).
bool isSecret(const Parameters& parameters, std::string_view name) {
    const bool plain = lowerCase(parameters.get("code_challenge_method")) != "s256";
    return among(kSecretNames, name) || (name == "code_challenge" && plain);
}

/// {name: value}, or {name: [values]} for a repeated one.
Json describe(const Parameters& parameters) {
    Json out = Json::object();
    for (const auto& [name, value] : parameters) {
        const auto shown = isSecret(parameters, name) ? secretMark(value) : value;
        if (!out.contains(name)) {
            out[name] = shown;
        } else if (out[name].is_array()) {
            out[name].push_back(shown);
        } else {
            out[name] = Json::array({out[name], shown});
        }
    }
    return out;
}

/// The scheme, the user of Basic, and a mark for the secret.
std::string describeAuthorization(const Request& request) {
    if (const auto pair = request.basic())
        return "Basic " + pair->first + ":" + secretMark(pair->second);
    if (const auto token = request.bearer()) return "Bearer " + secretMark(*token);
    return secretMark(request.header("Authorization").value_or(""));
}

Json describeHeaders(const Request& request) {
    Json out = Json::object();
    for (const auto& [name, value] : request.headers) {
        const auto key = lowerCase(name);
        if (key == "authorization") {
            out[key] = describeAuthorization(request);
        } else {
            out[key] = among(kSecretHeaders, key) ? secretMark(value) : value;
        }
    }
    return out;
}

}  // namespace

std::string secretMark(std::string_view secret) {
    return "sha256:" + sha256Hex(secret).substr(0, 16);
}

Journal::EntryId Journal::record(const Request& request, std::string_view platform,
                                 std::string_view endpoint, Millis now) {
    if (entries_.size() == kMost) {
        entries_.pop_front();
        ++first_;
    }
    const auto id = first_ + entries_.size();
    Json entry = {{"id", id},
                  {"at", now},
                  {"platform", platform},
                  {"endpoint", endpoint},
                  {"method", request.method},
                  {"path", request.path},
                  {"query", describe(request.query)},
                  {"headers", describeHeaders(request)}};
    if (request.form_sent) {
        entry["form"] = describe(request.form);
    } else if (!request.body.empty()) {
        // Not a form, so nobody knows which part of it is secret.
        entry["body"] = {{"bytes", request.body.size()}, {"hash", secretMark(request.body)}};
    }
    entries_.push_back(std::move(entry));
    return id;
}

void Journal::finish(EntryId id, int status, std::string_view fault) {
    if (id < first_ || id - first_ >= entries_.size()) return;  // forgotten meanwhile
    auto& entry = entries_[id - first_];
    entry["status"] = status;
    if (!fault.empty()) entry["fault"] = fault;
}

void Journal::clear() {
    first_ += entries_.size();
    entries_.clear();
}

Json Journal::list(std::string_view platform, std::string_view endpoint) const {
    Json out = Json::array();
    for (const auto& entry : entries_) {
        if (!platform.empty() && entry["platform"] != platform) continue;
        if (!endpoint.empty() && entry["endpoint"] != endpoint) continue;
        out.push_back(entry);
    }
    return out;
}

}  // namespace postato::sandbox
