#include "http/responder.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "http/error_response.hpp"
#include "http/response_writer.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"

namespace postato::http {
namespace {

/// The type of the exception being handled. Its text is not for the log: database drivers put bound
/// values into theirs.
std::string currentExceptionType() {
    const auto* type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "unknown";
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
    return name ? name.get() : type->name();
}

/// What a caller made up must not stand in logs, nor make a new series of metrics each time.
std::string summaryMethod(const std::string& method) {
    return method.empty() || isKnownMethod(method) ? method : "other";
}

/// A caller who was turned away before anybody looked at the body has its connection closed: the
/// next bytes would come from the same stranger.
bool closesFor(const Request& request, int status) {
    return status == 401 && !request.body.empty();
}

}  // namespace

std::string Responder::makeRequestId() const { return "req_" + makeUlid(clock_.now(), random_); }

Answer Responder::respond(const Exchange& exchange) const {
    Response response;
    try {
        response = handlers_.handle(exchange.request);
    } catch (...) {
        response = failed(exchange.request);
    }
    return finish(exchange, response);
}

std::optional<Answer> Responder::respondInline(const Exchange& exchange) const {
    if (!handlers_.handle_inline) return std::nullopt;
    std::optional<Response> response;
    try {
        response = handlers_.handle_inline(exchange.request);
    } catch (...) {
        response = failed(exchange.request);
    }
    if (!response) return std::nullopt;
    return finish(exchange, *response);
}

Answer Responder::shed(const Exchange& exchange) const {
    return finish(exchange, statusResponse(503, exchange.request.id));
}

Answer Responder::refuse(int status, const Request& partial) const {
    Exchange exchange;
    exchange.request.method = partial.method;
    exchange.request.id = makeRequestId();
    exchange.keep_alive = false;
    exchange.received = std::chrono::steady_clock::now();
    return finish(exchange, statusResponse(status, exchange.request.id));
}

/// Called in a catch block; looks at the exception there.
Response Responder::failed(const Request& request) const {
    try {
        throw;
    } catch (const Error& error) {
        auto response = toResponse(error, request.id);
        if (response.status >= 500)
            logger_.error("http.handler_failed", {{"requestId", request.id},
                                                  {"status", response.status},
                                                  {"message", error.message()},
                                                  {"detail", error.detail()}});
        return response;
    } catch (...) {
        logger_.error(
            "http.handler_failed",
            {{"requestId", request.id}, {"status", 500}, {"exception", currentExceptionType()}});
        return statusResponse(500, request.id);
    }
}

Answer Responder::finish(const Exchange& exchange, const Response& response) const {
    Answer answer;
    answer.close = !exchange.keep_alive || closing_ || closesFor(exchange.request, response.status);
    answer.bytes = writeResponse(response, {.request_id = exchange.request.id,
                                            .now = clock_.now(),
                                            .head_only = exchange.request.method == "HEAD",
                                            .close = answer.close,
                                            .http_1_0 = exchange.http_1_0});
    summarise(exchange, response);
    return answer;
}

void Responder::summarise(const Exchange& exchange, const Response& response) const {
    if (!handlers_.access_log) return;
    const auto spent = std::chrono::steady_clock::now() - exchange.received;
    handlers_.access_log(
        {summaryMethod(exchange.request.method), response.route_template, response.status,
         std::chrono::duration_cast<std::chrono::microseconds>(spent), exchange.request.id});
}

}  // namespace postato::http
