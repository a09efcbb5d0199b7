/// \file
/// A request to the sandbox: read strictly, the same when it is written again, and never the end of
/// the tool that the other tests lean on.
///
/// The input: target, content type and Authorization, a line each, then the body.

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz.hpp"
#include "wire/json_fields.hpp"
#include "wire/message.hpp"

using namespace postato::sandbox;
using postato::fuzz::require;
using postato::fuzz::takeLine;

namespace {

void checkAgain(const Parameters& parameters) {
    const auto again = Parameters::parse(parameters.encode());
    require(again && again->encode() == parameters.encode());
    if (const auto name = parameters.repeated()) require(parameters.all(*name).size() > 1);
    for (const auto& [name, value] : parameters) require(parameters.has(name));
}

void checkControlCall(const std::string& body) {
    try {
        JsonFields fields(body);
        const auto number = fields.number("number", -3, 3);
        require(!number || (*number >= -3 && *number <= 3));
        fields.optionalText("text");
        fields.flag("flag");
        fields.list("list");
        fields.expectNothingElse();
    } catch (const BadCall& refused) {
        require(refused.status() == 400 && *refused.what() != '\0');
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = postato::fuzz::textOf(data, size);
    const auto target = takeLine(text);
    const std::string type(takeLine(text)), authorization(takeLine(text));
    const auto request =
        makeRequest("POST", target, {{"content-type", type}, {"authorization", authorization}},
                    std::string(text));
    require(request.path == target.substr(0, target.find('?')) && request.body == text);
    require(!request.form_sent || !request.malformed || request.query.empty());
    require(!request.bearer() || !request.bearer()->empty());
    require(!request.basic() || !request.bearer());
    checkAgain(request.query);
    checkAgain(request.form);
    checkControlCall(request.body);
    return 0;
}
