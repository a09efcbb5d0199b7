#include "util/ids.hpp"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <vector>

using namespace postato;

namespace {

class SameByte final : public Random {
public:
    explicit SameByte(std::uint8_t byte) : byte_(byte) {}
    void fill(std::span<std::uint8_t> bytes) override {
        std::fill(bytes.begin(), bytes.end(), byte_);
    }

private:
    std::uint8_t byte_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ids_tests)

// The time part of the ULID specification's example.
BOOST_AUTO_TEST_CASE(a_ulid_is_time_then_randomness) {
    SameByte zeros(0), ones(0xff);
    const auto at = fromMillis(1'469'918'176'385);
    BOOST_TEST(makeUlid(at, zeros) == "01ARYZ6S410000000000000000");
    BOOST_TEST(makeUlid(at, ones) == "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    BOOST_TEST(makeUlid(at, ones) < makeUlid(at + Milliseconds(1), zeros));
}

BOOST_AUTO_TEST_CASE(an_id_parses_back) {
    SameByte random(7);
    const auto id = AccountId::make(fromMillis(1), random);
    BOOST_TEST(id.str().starts_with("acc_"));
    const auto parsed = AccountId::parse(id.str());
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST((*parsed == id));
}

const std::string kNotAccounts[] = {
    "",
    "acc_",
    "acc_01ARYZ6S41000000000000000",    // one short
    "acc_01ARYZ6S4100000000000000000",  // one long
    "acc_81ARYZ6S410000000000000000",   // more than 48 bits of time
    "acc_01ARYZ6S41000000000000000I",   // not in the alphabet
    "acc_01aryz6s410000000000000000",   // lower case
    "ACC_01ARYZ6S410000000000000000",
    "wks_01ARYZ6S410000000000000000",
    " acc_01ARYZ6S410000000000000000",
    "acc_01ARYZ6S41000000000000000\n",
    std::string("acc_01ARYZ6S4100000000000000\0", 30),
};

BOOST_DATA_TEST_CASE(no_other_spelling_is_an_id, kNotAccounts, text) {
    BOOST_TEST(!AccountId::parse(text).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
