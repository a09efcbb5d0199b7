#include "http/message.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

namespace postato::http {
namespace {

constexpr std::array<std::string_view, 9> kMethods = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};

// What frames the message or is made per answer; a handler that set these could lie about either.
constexpr std::array<std::string_view, 7> kServerFields = {
    "connection", "content-length",    "date",        "keep-alive",
    "trailer",    "transfer-encoding", "x-request-id"};

// A tab is white space inside a value (RFC 9110 5.5) and ends nothing.
bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

Error refusedHeader(std::string_view problem) {
    return Error(ErrorCode::Internal, PublicMessage{"An internal error occurred"},
                 InternalDetail{"header refused: " + std::string(problem)});
}

std::string checkedName(std::string_view name) {
    if (!isToken(name)) throw refusedHeader("the name is not a token");
    return toLower(name);
}

std::string checkedValue(std::string_view value) {
    if (std::any_of(value.begin(), value.end(), isControl))
        throw refusedHeader("the value holds a control character");
    return std::string(value);
}

void refuseServerField(std::string_view name) {
    const auto lower = toLower(name);
    if (std::find(kServerFields.begin(), kServerFields.end(), lower) != kServerFields.end())
        throw refusedHeader(lower + " belongs to the server");
}

}  // namespace

bool isToken(std::string_view text) {
    static constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kPunctuation.find(c) != std::string_view::npos;
    });
}

bool isKnownMethod(std::string_view method) {
    return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

void Headers::add(std::string_view name, std::string_view value) {
    fields_.emplace_back(checkedName(name), checkedValue(value));
}

void Headers::set(std::string_view name, std::string_view value) {
    Field field(checkedName(name), checkedValue(value));
    std::erase_if(fields_, [&](const Field& old) { return old.first == field.first; });
    fields_.push_back(std::move(field));
}

const std::string* Headers::find(std::string_view name) const {
    const auto at = std::find_if(fields_.begin(), fields_.end(),
                                 [&](const Field& field) { return field.first == name; });
    return at == fields_.end() ? nullptr : &at->second;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        fields_.begin(), fields_.end(), [&](const Field& field) { return field.first == name; }));
}

void Response::setHeader(std::string_view name, std::string_view value) {
    refuseServerField(name);
    headers_.set(name, value);
}

void Response::addHeader(std::string_view name, std::string_view value) {
    refuseServerField(name);
    headers_.add(name, value);
}

Response Response::json(int status, const nlohmann::json& value) {
    Response response;
    response.status = status;
    response.body = dumpJson(value);
    response.setHeader("content-type", "application/json");
    return response;
}

Response Response::html(int status, std::string text) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response;
}

Response Response::text(int status, std::string text) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    response.setHeader("content-type", "text/plain; charset=utf-8");
    return response;
}

Response Response::redirect(std::string_view location, int status) {
    Response response;
    response.status = status;
    response.setHeader("location", location);
    return response;
}

Response Response::empty(int status) {
    Response response;
    response.status = status;
    return response;
}

}  // namespace postato::http
