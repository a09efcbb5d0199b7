#include "persistence/database.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "things.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;

BOOST_AUTO_TEST_SUITE(database_tests)

BOOST_DATA_TEST_CASE(integers_keep_all_64_bits, backends(), backend) {
    Things things(backend);
    const std::int64_t numbers[] = {0, -1, 5'000'000'000, std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min()};
    std::int64_t id = 0;
    for (const auto number : numbers) {
        things.put(++id, {}, number);
        BOOST_TEST(things.get(id).integer(1) == number);
    }
}

BOOST_DATA_TEST_CASE(texts_come_back_as_they_went, backends(), backend) {
    Things things(backend);
    const std::string texts[] = {"", "'; DROP TABLE things; --", "line\nline\ttab",
                                 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", std::string(200'000, 'x')};
    std::int64_t id = 0;
    for (const auto& text : texts) {
        things.put(++id, text, {});
        BOOST_TEST(things.get(id).text(0) == text);
    }
}

BOOST_DATA_TEST_CASE(a_null_is_told_from_an_empty_text_and_zero, backends(), backend) {
    Things things(backend);
    things.put(1, std::string("before"), 7);
    things.put(2, {}, {});
    things.put(3, std::string(), 0);
    things.get(1);  // the cached statement's variables hold these values now
    const auto none = things.get(2);
    BOOST_TEST(!none.optionalText(0).has_value());
    BOOST_TEST(!none.optionalInteger(1).has_value());
    BOOST_CHECK_THROW(none.text(0), Error);
    BOOST_CHECK_THROW(none.integer(1), Error);
    const auto empty = things.get(3);
    BOOST_TEST(empty.text(0).empty());
    BOOST_TEST(empty.integer(1) == 0);
}

BOOST_DATA_TEST_CASE(text_that_cannot_be_stored_is_refused, backends(), backend) {
    Things things(backend);
    using namespace std::string_literals;
    for (const auto& text : {"a\0b"s, "\xff"s, "\xc3"s, "\xed\xa0\x80"s}) {
        const auto code = codeOf([&] { things.put(1, text, {}); });
        BOOST_TEST((code == ErrorCode::InvalidArgument));
    }
    BOOST_TEST(things.count() == 0);
}

BOOST_DATA_TEST_CASE(an_exception_leaves_nothing_behind, backends(), backend) {
    Things things(backend);
    BOOST_CHECK_THROW(things.db->write([](Transaction& tx) {
        putThing(tx, 1);
        throw std::runtime_error("no");
    }),
                      std::runtime_error);
    BOOST_TEST(things.count() == 0);
}

BOOST_DATA_TEST_CASE(a_doomed_transaction_never_commits, backends(), backend) {
    Things things(backend);
    things.put(1);
    const auto code = codeOf([&] {
        things.db->write([&](Transaction& tx) {
            putThing(tx, 2);
            try {
                putThing(tx, 1);
            } catch (const Error&) {
                BOOST_CHECK_THROW(putThing(tx, 3), Error);
            }
        });
    });
    BOOST_TEST((code == ErrorCode::Internal));
    BOOST_TEST(things.count() == 1);
    things.put(2);  // the session is fit for use again
    BOOST_TEST(things.count() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
