#include "wire/message.hpp"

#include <nlohmann/json.hpp>

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

/// What follows `scheme` and one space in the Authorization header.
std::optional<std::string> credentials(const Request& request, std::string_view scheme) {
    const auto value = request.header("Authorization");
    if (!value || value->size() <= scheme.size() + 1) return std::nullopt;
    if (lowerCase(value->substr(0, scheme.size() + 1)) != lowerCase(scheme) + " ") {
        return std::nullopt;
    }
    return value->substr(scheme.size() + 1);
}

std::string boundaryOf(std::string_view content_type) {
    constexpr std::string_view kMark = "boundary=";
    const auto at = content_type.find(kMark);
    if (at == std::string_view::npos) return "";
    auto value = content_type.substr(at + kMark.size());
    value = value.substr(0, value.find(';'));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
}

}  // namespace

std::optional<std::string> findHeader(const Headers& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (lowerCase(key) == lowerCase(name)) return value;
    }
    return std::nullopt;
}

std::string Request::mediaType() const {
    const auto value = header("Content-Type").value_or("");
    const auto pieces = split(value, "; \t");
    return pieces.empty() ? "" : lowerCase(pieces.front());
}

std::string Request::origin() const { return "http://" + header("Host").value_or("localhost"); }

std::optional<std::string> Request::bearer() const { return credentials(*this, "Bearer"); }

std::optional<std::pair<std::string, std::string>> Request::basic() const {
    const auto value = credentials(*this, "Basic");
    if (!value) return std::nullopt;
    const auto pair = base64Decode(*value);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    return std::pair{pair->substr(0, colon), pair->substr(colon + 1)};
}

std::string dump(const Json& body) {
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Response Response::json(int status, const Json& body) {
    return {status,
            {{"Content-Type", "application/json; charset=utf-8"}, {"Cache-Control", "no-store"}},
            dump(body)};
}

Response Response::html(int status, std::string body) {
    return {status,
            {{"Content-Type", "text/html; charset=utf-8"},
             {"Cache-Control", "no-store"},
             // No form-action: it would also govern where the answer to our form may redirect to.
             {"Content-Security-Policy",
              "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
              "frame-ancestors 'none'"}},
            std::move(body)};
}

Response Response::redirect(int status, std::string location) {
    return {status, {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}, ""};
}

Response Response::empty(int status) { return {status, {}, ""}; }

Response&& Response::with(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

bool Response::isJson() const {
    return findHeader(headers, "Content-Type").value_or("").starts_with("application/json");
}

Request makeRequest(std::string method, std::string_view target, Headers headers,
                    std::string body) {
    Request request;
    request.method = std::move(method);
    request.headers = std::move(headers);
    request.body = std::move(body);

    const auto mark = target.find('?');
    request.path = std::string(target.substr(0, mark));
    if (mark != std::string_view::npos) {
        auto query = Parameters::parse(target.substr(mark + 1));
        request.malformed = !query;
        request.query = std::move(query).value_or(Parameters{});
    }

    std::optional<Parameters> form;
    const auto type = request.mediaType();
    if (type == "application/x-www-form-urlencoded") {
        form = Parameters::parse(request.body);
    } else if (type == "multipart/form-data") {
        form = Parameters::parseMultipart(request.body,
                                          boundaryOf(request.header("Content-Type").value_or("")));
    } else {
        return request;
    }
    request.form_sent = form.has_value();
    request.malformed = request.malformed || !form;
    request.form = std::move(form).value_or(Parameters{});
    return request;
}

}  // namespace postato::sandbox
