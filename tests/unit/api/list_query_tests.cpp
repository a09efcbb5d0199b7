#include "api/list_query.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::api;

namespace {

PageQuery read(const std::string& text) {
    const auto parameters = http::QueryParameters::parse(text);
    BOOST_REQUIRE(parameters);
    QueryReader query(*parameters);
    const auto page = readPage(query);
    query.finish();
    return page;
}

const std::vector<std::string> kBadPages = {
    "limit=0",    "limit=101",  "limit=x",           "limit=1x",        "limit=",
    "limit=-1",   "limit=1.5",  "limit=+5",          "page=0",          "offset=-1",
    "cursor=",    "cursor=!!",  "page=1&offset=0",   "limit=1&limit=2", "page=99999999999999999999",
    "offset=1e3", "cursor=e30", "cursor=W10&page=2", "limit=%2010"};

const std::vector<std::string> kBadCursors = {"{}",
                                              "[]",
                                              "1",
                                              "",
                                              "{\"id\":\"a\"}",
                                              "{\"t\":1}",
                                              "{\"id\":1,\"t\":1}",
                                              "{\"id\":\"a\",\"t\":\"1\"}",
                                              "{\"id\":\"a\",\"t\":-1}",
                                              "{\"id\":\"a\",\"t\":999999999999999999}",
                                              "{\"id\":\"a\",\"t\":1,\"x\":1}",
                                              "{\"id\":\"\",\"t\":1}",
                                              "{\"id\":\"a\",\"t\":1}x",
                                              "{\"id\":\"" + std::string(100, 'a') + "\",\"t\":1}"};

}  // namespace

BOOST_AUTO_TEST_SUITE(list_query_tests)

BOOST_AUTO_TEST_CASE(a_page_is_25_from_the_start_unless_told_otherwise) {
    const auto page = read("");
    BOOST_TEST(page.limit == 25);
    BOOST_TEST(page.offset == 0);
    BOOST_TEST(!page.cursor);
    BOOST_TEST(read("limit=100&page=3").offset == 200);
    BOOST_TEST(read("limit=10&offset=7").offset == 7);
}

BOOST_DATA_TEST_CASE(what_is_out_of_range_is_refused, kBadPages) {
    BOOST_CHECK_THROW(read(sample), Error);
}

BOOST_AUTO_TEST_CASE(a_cursor_comes_back_as_it_went) {
    const Cursor cursor{fromMillis(1'790'000'000'123), "acc_01J9Z7A2C4E6G8J0M2P4R6T8V0"};
    const auto back = Cursor::decode(cursor.encode());
    BOOST_REQUIRE(back);
    BOOST_TEST(back->id == cursor.id);
    BOOST_CHECK(back->at == cursor.at);
}

BOOST_DATA_TEST_CASE(a_cursor_we_never_gave_out_is_none, kBadCursors) {
    BOOST_TEST(!Cursor::decode(toBase64Url(sample)));
}

BOOST_AUTO_TEST_CASE(the_envelope_counts_pages_only_when_asked) {
    PageQuery page{.limit = 10, .offset = 20};
    auto envelope = pageEnvelope(page, nlohmann::json::array(), std::nullopt, 31);
    BOOST_TEST(envelope["page"] == 3);
    BOOST_TEST(envelope["totalPages"] == 4);
    BOOST_TEST(envelope["cursor"].is_null());
    envelope = pageEnvelope(page, nlohmann::json::array(), std::nullopt, std::nullopt);
    BOOST_TEST(!envelope.contains("total"));
}

BOOST_AUTO_TEST_SUITE_END()
