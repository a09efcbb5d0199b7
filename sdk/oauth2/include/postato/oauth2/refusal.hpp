#pragma once

/// \file
/// What a platform says when it says no, and what the standard words for it mean.

#include <chrono>
#include <optional>
#include <string>

#include "postato/oauth2/json.hpp"
#include "postato/sdk/http.hpp"
#include "postato/sdk/result.hpp"

namespace postato::oauth2 {

/// The step an answer belongs to: the same words mean different things in different steps.
enum class Step { Exchange = 1, Refresh, Revoke, Identify };

/// A complete, readable answer that refuses. `response` outlives it.
struct Refusal {
    Step step;
    std::string error;        ///< `error` of RFC 6749 5.2, or the platform's own code
    std::string description;  ///< untrusted: to look for words in, never to pass on
    Json body;
    const sdk::HttpResponse& response;
};

/// The wait the platform asked for, from `Retry-After` in either form (RFC 9110 10.2.3). A date is
/// measured against the answer's own `Date`, as no clock of ours is at hand. At most a day.
std::optional<std::chrono::seconds> retryAfter(const sdk::Headers& headers);

/// Seconds of an IMF-fixdate ("Sun, 06 Nov 1994 08:49:37 GMT") since 1970.
std::optional<std::int64_t> readHttpDate(const std::string& text);

/// The meaning of the codes of RFC 6749 5.2, 4.1.2.1, RFC 6750 3.1 and RFC 7009 2.2.1; `Protocol`
/// for any other. `InvalidGrant` only for `invalid_grant`, and in a revocation for `invalid_token`.
sdk::ErrorKind meaningOf(const std::string& error, Step step);

/// A code fit for PlatformError::code: `error` when it has the shape of a code (lower-case letters,
/// '_', '.', '/', at most 48 of them, or a number of at most 10 digits), else `other`. A platform
/// that repeats a token in its error field is not repeated by us.
std::string plainCode(const std::string& error);

/// Case-insensitive search for any of the words in untrusted text.
bool mentions(const std::string& text, std::initializer_list<const char*> words);

}  // namespace postato::oauth2
