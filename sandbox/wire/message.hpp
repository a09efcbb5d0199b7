#pragma once

// One HTTP request and one answer as plain values, so that platforms know nothing of sockets.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/parameters.hpp"

namespace postato::sandbox {

/// Keeps fields in the order they were written, as the platforms' answers do.
using Json = nlohmann::ordered_json;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of a header by its case-insensitive name, absent when missing.
std::optional<std::string> findHeader(const Headers& headers, std::string_view name);

struct Request {
    std::string method;
    std::string path;  // as sent, without the query
    Parameters query;
    Parameters form;  // of an urlencoded or multipart body, else empty
    Headers headers;
    std::string body;
    bool form_sent = false;  // the body said it is a form and could be read as one
    bool malformed = false;  // a broken escape in query or form, or a broken multipart body

    std::optional<std::string> header(std::string_view name) const {
        return findHeader(headers, name);
    }
    /// Lower-case media type without its parameters.
    std::string mediaType() const;
    /// `scheme://host:port` under which the client reached us.
    std::string origin() const;
    /// Credentials of `Authorization: Bearer`.
    std::optional<std::string> bearer() const;
    /// User and password of `Authorization: Basic`; absent when missing or not base64.
    std::optional<std::pair<std::string, std::string>> basic() const;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    static Response json(int status, const Json& body);
    static Response html(int status, std::string body);
    static Response redirect(int status, std::string location);
    static Response empty(int status);

    Response&& with(std::string name, std::string value) &&;
    bool isJson() const;
};

/// `body` as text; bytes that are not UTF-8 (echoed from a request) are replaced, never thrown on.
std::string dump(const Json& body);

/// Reads query, form and body type out of the raw pieces of a request.
Request makeRequest(std::string method, std::string_view target, Headers headers, std::string body);

}  // namespace postato::sandbox
