#pragma once

/// \file
/// Reads a JSON body field by field and reports everything wrong with it at once, unknown fields
/// included: what is not read is never bound to anything (TEN-03).

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

#include "api/problems.hpp"
#include "http/message.hpp"
#include "postato/sdk/secret.hpp"

namespace postato::api {

/// Ask for each field, then call `finish`; what was returned means something only after that.
class BodyReader {
public:
    /// An empty body is an empty object. Throws Error{InvalidArgument} when it is not a JSON
    /// object.
    explicit BodyReader(const http::Request& request);
    ~BodyReader();

    /// Required text of 1 to `most_bytes` bytes.
    std::string text(const std::string& name, std::size_t most_bytes = 200);
    sdk::Secret secret(const std::string& name, std::size_t most_bytes = 1024);
    /// Absent and null are nothing.
    std::optional<std::string> optionalText(const std::string& name, std::size_t most_bytes = 200);
    std::optional<sdk::Secret> optionalSecret(const std::string& name,
                                              std::size_t most_bytes = 1024);
    std::optional<std::int64_t> optionalInteger(const std::string& name, std::int64_t lowest,
                                                std::int64_t highest);

    /// For what only the caller can judge.
    void problem(const std::string& name, const std::string& what) { problems_.add(name, what); }

    /// Throws Error{InvalidArgument} with the problems of every field, if there is one.
    void finish();

private:
    const nlohmann::json* field(const std::string& name);

    std::unique_ptr<const nlohmann::json> body_;
    std::set<std::string> known_;
    Problems problems_;
};

}  // namespace postato::api
