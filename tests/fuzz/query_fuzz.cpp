/// \file
/// A query string or form: decoded once, within its limits, and the same when it is written again.

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "http/query.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr http::QueryLimits kLimits{.pairs = 8, .name_bytes = 16, .value_bytes = 64};

std::size_t piecesOf(std::string_view text) {
    std::size_t pieces = 0;
    while (!text.empty()) pieces += !fuzz::takeUntil(text, "&").empty();
    return pieces;
}

/// The one value of a name, or an error that names it.
void checkUnique(const http::QueryParameters& parameters, const std::string& name) {
    const auto& all = parameters.all();
    const auto count =
        std::count_if(all.begin(), all.end(), [&](const auto& pair) { return pair.first == name; });
    try {
        const auto* value = parameters.unique(name, 32);
        require(value != nullptr && count == 1 && value->size() <= 32);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::InvalidArgument && error.fields.contains(name));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    const auto parameters = http::QueryParameters::parse(text, kLimits);
    if (!parameters) return 0;
    require(parameters->all().size() == piecesOf(text) && parameters->all().size() <= 8);
    std::string again;
    for (const auto& [name, value] : parameters->all()) {
        require(!name.empty() && name.size() <= 16 && value.size() <= 64);
        require(isStorableText(name) && isStorableText(value));
        again += percentEncode(name) + "=" + percentEncode(value) + "&";
        checkUnique(*parameters, name);
    }
    const auto reread = http::QueryParameters::parse(again, kLimits);
    require(reread && reread->all() == parameters->all());
    return 0;
}
