#include "net/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

namespace postato::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t kChunk = 16 * 1024;
constexpr int kMaxInterim = 4;

[[noreturn]] void refuse(const beast::error_code& error) {
    const bool large = error == http::error::body_limit || error == http::error::header_limit;
    throw ResponseRefused{large ? "answer_too_large" : "malformed_answer"};
}

/// Feeds what the parser can use; the rest stays in `pending`.
void feed(Parser& parser, std::string& pending) {
    while (!pending.empty() && !parser.is_done()) {
        beast::error_code error;
        const auto used = parser.put(boost::asio::buffer(pending), error);
        pending.erase(0, used);
        if (error == http::error::need_more) return;
        if (error) refuse(error);
        if (used == 0) return;
    }
}

std::optional<sdk::HttpResponse> take(Parser& parser) {
    auto message = parser.release();
    sdk::HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message)
        response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    response.body = std::move(message.body());
    return response;
}

}  // namespace

std::optional<sdk::HttpResponse> readResponse(OutboundSocket& socket, std::size_t max_head,
                                              std::size_t max_body) {
    std::string pending;
    std::string buffer(kChunk, '\0');
    for (int interim = 0; interim <= kMaxInterim; ++interim) {
        Parser parser;
        parser.eager(true);
        parser.header_limit(static_cast<std::uint32_t>(max_head));
        parser.body_limit(max_body);
        feed(parser, pending);
        while (!parser.is_done()) {
            const auto count = socket.receive(buffer.data(), buffer.size());
            if (count == 0) {
                // A body without a length ends with the connection, and only that one may.
                if (!parser.is_header_done() || !parser.need_eof()) return std::nullopt;
                beast::error_code error;
                parser.put_eof(error);
                if (error) return std::nullopt;
                break;
            }
            pending.append(buffer, 0, count);
            feed(parser, pending);
            if (!parser.is_header_done() && pending.size() > max_head)
                throw ResponseRefused{"answer_too_large"};
        }
        if (parser.get().result_int() >= 200) return take(parser);
    }
    throw ResponseRefused{"malformed_answer"};
}

}  // namespace postato::net
