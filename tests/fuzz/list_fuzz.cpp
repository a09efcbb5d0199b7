/// \file
/// A list's query string: a page within its bounds, or an error that names the fields.

#include <nlohmann/json.hpp>

#include "api/list_query.hpp"
#include "fuzz.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using fuzz::require;

namespace {

void checkCursor(std::string_view text) {
    const auto cursor = api::Cursor::decode(text);
    if (!cursor) return;
    require(text.size() <= 256 && !cursor->id.empty() && cursor->id.size() <= 64);
    require(isStorableText(cursor->id) && toMillis(cursor->at) >= 0);
    const auto again = api::Cursor::decode(cursor->encode());
    require(again && again->at == cursor->at && again->id == cursor->id);
}

void checkPage(const http::QueryParameters& parameters) {
    api::QueryReader query(parameters);
    const auto page = api::readPage(query);
    query.flag("total");
    query.finish();
    require(page.limit >= 1 && page.limit <= 100);
    require(page.offset >= 0 && page.offset <= 1'000'000'000);
    require(!page.cursor || page.offset == 0);
    const auto envelope =
        api::pageEnvelope(page, nlohmann::json::array(), page.cursor, page.offset);
    require(envelope["cursor"].is_null() == !page.cursor);
    require(page.cursor || envelope["page"].get<std::int64_t>() >= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    checkCursor(text);
    const auto parameters = http::QueryParameters::parse(text);
    if (!parameters) return 0;
    try {
        checkPage(*parameters);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::InvalidArgument && !error.fields.empty());
    }
    return 0;
}
