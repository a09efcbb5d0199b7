#pragma once

/// \file
/// Answers no platform should give and every platform gives on a bad day.

#include <string>
#include <vector>

#include "postato/sdk/http.hpp"
#include "postato/sdk/result.hpp"

namespace postato::sdk::testing {

/// Stands for every secret in the suite; an error that contains it leaks.
inline const std::string kCanary = "CaNaRy-7f3Q9xZ2";

struct BadAnswer {
    enum class Class {
        Transport = 1,  ///< no complete answer; the error's own kind has to survive
        Outage,         ///< 5xx, 408, 425, a firewall: Transient
        RateLimit,      ///< 429: RateLimited
        LostAnswer,     ///< a success status and no tokens that can be read from the body
        Nonsense        ///< anything else: an error of some kind
    };
    std::string what;
    Class kind;
    Result<HttpResponse> answer;
};

inline std::vector<BadAnswer> badAnswers() {
    using Class = BadAnswer::Class;
    const std::string html = "<!doctype html><html><body>Bad gateway " + kCanary + "</body></html>";
    const std::string cut = R"({"token_type":"bearer","access_token":")" + kCanary;
    const std::string dead = R"({"error":"invalid_grant","error_description":")" + kCanary + "\"}";
    const auto transport = [](ErrorKind kind) {
        PlatformError error;
        error.kind = kind;
        error.message = "The request failed on its way.";
        return error;
    };
    std::vector<BadAnswer> answers = {
        {"no connection", Class::Transport, transport(ErrorKind::Transient)},
        {"an answer lost on the way", Class::Transport, transport(ErrorKind::Ambiguous)},
        {"500 that speaks of a dead grant", Class::Outage, HttpResponse{500, {}, dead}},
        {"502 with HTML", Class::Outage, HttpResponse{502, {{"Content-Type", "text/html"}}, html}},
        {"503 without a body", Class::Outage, HttpResponse{503, {}, ""}},
        {"503 with Retry-After", Class::Outage, HttpResponse{503, {{"Retry-After", "7"}}, html}},
        {"408", Class::Outage, HttpResponse{408, {}, ""}},
        {"425", Class::Outage, HttpResponse{425, {}, "{}"}},
        {"403 with a firewall's page", Class::Outage, HttpResponse{403, {}, html}},
        {"429 that speaks of a dead grant", Class::RateLimit,
         HttpResponse{429, {{"Retry-After", "7"}}, dead}},
        {"429 with HTML", Class::RateLimit, HttpResponse{429, {{"Retry-After", "7"}}, html}},
        {"200 with HTML", Class::LostAnswer, HttpResponse{200, {}, html}},
        {"200 without a body", Class::LostAnswer, HttpResponse{200, {}, ""}},
        {"200 with JSON cut off", Class::LostAnswer, HttpResponse{200, {}, cut}},
        {"200 with broken UTF-8", Class::LostAnswer,
         HttpResponse{200, {}, "{\"access_token\":\"" + kCanary + "\xff\xfe\"}"}},
        {"200 with a name twice", Class::Nonsense,
         HttpResponse{200,
                      {},
                      R"({"error":"invalid_grant","access_token":")" + kCanary +
                          R"(","access_token":"other"})"}},
        {"200 with an array", Class::LostAnswer, HttpResponse{200, {}, R"([")" + kCanary + "\"]"}},
        {"200 with an empty object", Class::LostAnswer, HttpResponse{200, {}, "{}"}},
        {"200 with a token that is no string", Class::LostAnswer,
         HttpResponse{200, {}, R"({"access_token":17})"}},
        {"200 with an empty token", Class::LostAnswer,
         HttpResponse{200, {}, R"({"access_token":"","refresh_token":")" + kCanary + "\"}"}},
        {"200 with the tokens in an object of their own", Class::LostAnswer,
         HttpResponse{200, {}, R"({"data":{"access_token":")" + kCanary + "\"}}"}},
        {"200 with 10 MB", Class::Nonsense,
         HttpResponse{200, {}, "{\"x\":\"" + std::string(10'000'000, 'x') + "\"}"}},
        {"200 nested 100 000 deep", Class::Nonsense,
         HttpResponse{200, {}, "{\"x\":" + std::string(100'000, '[')}},
        {"302 to somewhere else", Class::Nonsense,
         HttpResponse{302, {{"Location", "https://elsewhere.example/" + kCanary}}, ""}},
        {"400 with HTML", Class::Nonsense, HttpResponse{400, {}, html}},
        {"404 without a body", Class::Nonsense, HttpResponse{404, {}, ""}},
        {"400 with an unknown error that repeats a secret", Class::Nonsense,
         HttpResponse{
             400,
             {},
             R"({"error":")" + kCanary + R"(","error_description":")" + kCanary + R"("})"}},
    };
    return answers;
}

}  // namespace postato::sdk::testing
