/// \file
/// A request's JSON body, read field by field: what comes out keeps the limits that were asked for,
/// and a field that nobody asked for is never passed over.

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/body_reader.hpp"
#include "fuzz.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"

using namespace postato;
using fuzz::require;

namespace {

const std::set<std::string> kKnown = {"name", "email", "password", "note", "count"};

void readAll(const http::Request& request) {
    api::BodyReader body(request);
    const auto name = body.text("name", 20);
    const auto email = body.optionalText("email");
    const auto password = body.secret("password", 10);
    const auto note = body.optionalSecret("note", 5);
    const auto count = body.optionalInteger("count", -3, 300);
    body.finish();

    require(!name.empty() && name.size() <= 20 && isStorableText(name));
    require(!email || (!email->empty() && email->size() <= 200));
    require(!password.empty() && password.size() <= 10);
    require(!note || (!note->empty() && note->size() <= 5));
    require(!count || (*count >= -3 && *count <= 300));
    const auto whole = parseJson(request.body);
    for (const auto& [field, value] : whole.items()) require(kKnown.contains(field));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    http::Request request;
    request.body = fuzz::textOf(data, size);
    try {
        readAll(request);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::InvalidArgument);
        for (const auto& [field, problems] : error.fields)
            require(field.size() <= 64 && !problems.empty());
        require(nlohmann::json::accept(dumpJson(nlohmann::json(error.fields))));  // the answer
    }
    return 0;
}
