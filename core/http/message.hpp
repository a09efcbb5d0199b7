#pragma once

/// \file
/// A request as a handler sees it, and the response it hands back. Plain values: they know no
/// socket, and the bytes on the wire are read and written elsewhere (request_parser,
/// response_writer).

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::http {

/// Header fields in the order they were added. Names are kept and looked up in lower case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    /// Throws Error{Internal} when the name is not a token (RFC 9110 5.6.2) or the value holds a
    /// control character other than a tab: nothing that passes through here can end a header line
    /// early.
    void add(std::string_view name, std::string_view value);

    /// As `add`, in place of every field of that name.
    void set(std::string_view name, std::string_view value);

    /// The first value of that name, or nullptr. `name` is in lower case.
    const std::string* find(std::string_view name) const;

    std::size_t count(std::string_view name) const;
    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }

private:
    std::vector<Field> fields_;
};

/// A complete request whose framing has been checked.
struct Request {
    std::string method;  ///< one of the known methods, upper case
    std::string path;    ///< as sent, not decoded; begins with '/'
    std::string query;   ///< as sent, without the '?'
    /// Lists sent in several fields are joined by ", "; single-valued fields came once.
    Headers headers;
    std::string body;
    /// The client's network (`networkOf`), seen through trusted proxies only: whom limits count as
    /// one.
    std::string client_network;
    std::string id;  ///< "req_" + ULID, also in the answer's X-Request-Id

    /// `name` in lower case; nullptr when absent.
    const std::string* header(std::string_view name) const { return headers.find(name); }
};

/// An answer. The server itself adds Content-Length, Connection, Date and X-Request-Id.
class Response {
public:
    int status = 200;  ///< 200 to 599
    std::string body;
    /// The matched route ("/v1/workspaces/{workspaceId}"), for the access log: real paths carry
    /// secrets, templates do not.
    std::string route_template;

    static Response json(int status, const nlohmann::json& value);
    static Response html(int status, std::string text);
    static Response text(int status, std::string text);
    /// 303 unless told otherwise.
    static Response redirect(std::string_view location, int status = 303);
    static Response empty(int status = 204);

    /// Both throw Error{Internal} for control characters and for the fields that the server owns.
    void setHeader(std::string_view name, std::string_view value);
    void addHeader(std::string_view name, std::string_view value);

    const Headers& headers() const { return headers_; }
    const std::string* header(std::string_view name) const { return headers_.find(name); }

private:
    Headers headers_;
};

/// The methods that we know; anything else is answered with 501 (RFC 9110 9.1).
bool isKnownMethod(std::string_view method);

/// A token of RFC 9110 5.6.2: header, cookie and method names.
bool isToken(std::string_view text);

}  // namespace postato::http
