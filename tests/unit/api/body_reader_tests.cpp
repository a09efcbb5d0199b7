#include "api/body_reader.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;
using api::BodyReader;

namespace {

http::Request withBody(const std::string& body) {
    http::Request request;
    request.body = body;
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(body_reader_tests)

BOOST_AUTO_TEST_CASE(fields_are_read_by_their_kind) {
    const auto request = withBody(R"({"name":"a","count":7,"none":null})");
    BodyReader body(request);
    BOOST_TEST(body.text("name") == "a");
    BOOST_TEST(body.optionalInteger("count", 0, 10).value() == 7);
    BOOST_TEST(!body.optionalText("none"));
    BOOST_TEST(!body.optionalText("absent"));
    BOOST_CHECK_NO_THROW(body.finish());
}

BOOST_AUTO_TEST_CASE(everything_wrong_is_said_at_once) {
    const auto request = withBody(R"({"count":11,"text":5,"long":"xxxx","workspaceId":"w"})");
    BodyReader body(request);
    body.text("name");
    body.optionalInteger("count", 0, 10);
    body.optionalText("text");
    body.optionalText("long", 3);
    try {
        body.finish();
        BOOST_FAIL("nothing was wrong");
    } catch (const Error& error) {
        BOOST_CHECK(error.code() == ErrorCode::InvalidArgument);
        BOOST_TEST(error.fields.size() == 5u);
        BOOST_TEST(error.fields.at("name").front() == "Required");
        BOOST_TEST(error.fields.at("workspaceId").front() == "Unknown field");
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_object_is_refused) {
    for (const auto* text : {"[]", "1", "\"x\"", "null", "{", "{\"a\":1,\"a\":2}", "{}x"})
        BOOST_CHECK_THROW(BodyReader(withBody(text)), Error);
    BOOST_CHECK_NO_THROW(BodyReader(withBody("")).finish());
}

BOOST_AUTO_TEST_CASE(a_number_with_a_fraction_or_in_quotes_is_no_integer) {
    for (const auto* text : {R"({"n":1.5})", R"({"n":"1"})", R"({"n":true})"}) {
        const auto request = withBody(text);
        BodyReader body(request);
        body.optionalInteger("n", 0, 10);
        BOOST_CHECK_THROW(body.finish(), Error);
    }
}

BOOST_AUTO_TEST_SUITE_END()
