#include "journal/journal_format.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/wiped_json.hpp"

namespace postato::journal {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

crypto::SealContext contextOf(const Call& call, const std::string& head, std::size_t position) {
    return {.workspace = call.workspace,
            .table = "journal",
            .row = head,
            .column = "answer/" + std::to_string(position),
            .generation = call.generation};
}

/// Headers and body as base64url: neither need be UTF-8.
sdk::Secret textOf(const Answer& answer) {
    WipedJson document;
    auto& root = document.root;
    root["at"] = toMillis(answer.received_at);
    root["method"] = answer.method;
    root["address"] = answer.address;
    root["status"] = answer.response.status;
    auto& headers = root["headers"] = json::array();
    for (const auto& [name, value] : answer.response.headers) {
        auto& header = headers.emplace_back(json::array());
        header.push_back(toBase64Url(name));
        header.push_back(toBase64Url(value));
    }
    root["body"] = toBase64Url(answer.response.body);
    return sdk::Secret(document.dump());
}

std::string decoded(const json& text) {
    return fromBase64Url(text.get_ref<const std::string&>()).value();
}

Answer answerOf(const sdk::Secret& text) {
    const WipedJson document(parseJson(text.reveal()));
    const auto& root = document.root;
    Answer answer{.received_at = fromMillis(root.at("at").get<std::int64_t>()),
                  .method = root.at("method").get<std::string>(),
                  .address = root.at("address").get<std::string>(),
                  .response = {}};
    answer.response.status = root.at("status").get<int>();
    for (const auto& header : root.at("headers"))
        answer.response.headers.emplace_back(decoded(header.at(0)), decoded(header.at(1)));
    answer.response.body = decoded(root.at("body"));
    return answer;
}

}  // namespace

std::string headOf(const Call& call) {
    return dumpJson({{"format", kFormat},
                     {"operation", call.operation == Operation::Refresh ? "refresh" : "exchange"},
                     {"workspace", call.workspace},
                     {"platform", call.platform},
                     {"subject", call.subject},
                     {"attempt", call.attempt},
                     {"generation", call.generation}});
}

Call readHead(const std::string& head) {
    const auto read = parseJson(head);
    if (read.at("format").get<int>() != kFormat) throw std::out_of_range("format");
    const auto text = [&](const char* name) { return read.at(name).get<std::string>(); };
    return {.operation = text("operation") == "refresh" ? Operation::Refresh : Operation::Exchange,
            .workspace = text("workspace"),
            .platform = text("platform"),
            .subject = text("subject"),
            .attempt = text("attempt"),
            .generation = read.at("generation").get<std::int64_t>()};
}

std::string sealAnswer(const crypto::TokenCipher& cipher, const Call& call, const std::string& head,
                       std::size_t position, const Answer& answer) {
    return cipher.seal(contextOf(call, head, position), textOf(answer));
}

Answer openAnswer(const crypto::TokenCipher& cipher, const Call& call, const std::string& head,
                  std::size_t position, const std::string& line) {
    return answerOf(cipher.open(contextOf(call, head, position), line));
}

}  // namespace postato::journal
