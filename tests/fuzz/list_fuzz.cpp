/// \file
/// A list's query string: a page within its bounds, or an error that names the fields.

#include <nlohmann/json.hpp>

#include "api/list_query.hpp"
#include "fuzz.hpp"
#include "util/error.hpp"

using namespace postato;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    if (const auto cursor = api::Cursor::decode(text)) {
        const auto again = api::Cursor::decode(cursor->encode());
        fuzz::require(again && again->at == cursor->at && again->id == cursor->id);
    }
    const auto parameters = http::QueryParameters::parse(text);
    if (!parameters) return 0;
    try {
        api::QueryReader query(*parameters);
        const auto page = api::readPage(query);
        query.finish();
        fuzz::require(page.limit >= 1 && page.limit <= 100);
        fuzz::require(page.offset >= 0 && (!page.cursor || page.offset == 0));
        api::pageEnvelope(page, nlohmann::json::array(), page.cursor, page.offset);
    } catch (const Error& error) {
        fuzz::require(error.code() == ErrorCode::InvalidArgument && !error.fields.empty());
    }
    return 0;
}
