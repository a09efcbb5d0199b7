#include "crypto/key_ring.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "counting_random.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using crypto::KeyBytes;
using crypto::KeyRing;
using crypto_tests::CountingRandom;

namespace {

std::string entry(const std::string& id, char fill) {
    return R"({"id":")" + id + R"(","key":")" + toBase64Url(std::string(32, fill)) +
           R"(","createdAt":"2026-01-01T00:00:00.000Z"})";
}

std::string ring(const std::string& keys, const std::string& active) {
    return R"({"version":1,"id":"ring_1","active":")" + active + R"(","keys":[)" + keys + "]}";
}

bool opens(const KeyRing& with, const std::string& wrapped, const std::string& installation = "ins",
           std::uint32_t id = 1) {
    return with.unwrap(installation, id, wrapped).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_ring_tests)

BOOST_AUTO_TEST_CASE(a_wrapped_key_comes_back) {
    CountingRandom random;
    const auto keys = KeyRing::parse(ring(entry("a", 'A'), "a"));
    const auto data_key = KeyBytes::random(random);
    const auto wrapped = keys.wrap("ins", 1, data_key, random);
    BOOST_TEST(wrapped.starts_with("a."));
    const auto opened = keys.unwrap("ins", 1, wrapped);
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->view() == data_key.view());
}

BOOST_AUTO_TEST_CASE(it_opens_for_its_own_installation_and_id_only) {
    CountingRandom random;
    const auto keys = KeyRing::parse(ring(entry("a", 'A'), "a"));
    const auto wrapped = keys.wrap("ins", 1, KeyBytes::random(random), random);
    BOOST_TEST(opens(keys, wrapped));
    BOOST_TEST(!opens(keys, wrapped, "other"));
    BOOST_TEST(!opens(keys, wrapped, "ins", 2));
}

BOOST_AUTO_TEST_CASE(every_altered_character_is_noticed) {
    CountingRandom random;
    const auto keys = KeyRing::parse(ring(entry("a", 'A') + "," + entry("b", 'B'), "a"));
    const auto wrapped = keys.wrap("ins", 1, KeyBytes::random(random), random);
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        auto altered = wrapped;
        altered[i] = altered[i] == 'b' ? 'c' : 'b';
        BOOST_TEST(!opens(keys, altered));
        BOOST_TEST(!opens(keys, wrapped.substr(0, i)));
    }
}

BOOST_AUTO_TEST_CASE(old_keys_of_the_ring_still_open) {
    CountingRandom random;
    const auto before = KeyRing::parse(ring(entry("a", 'A'), "a"));
    const auto wrapped = before.wrap("ins", 1, KeyBytes::random(random), random);
    BOOST_TEST(opens(KeyRing::parse(ring(entry("a", 'A') + "," + entry("b", 'B'), "b")), wrapped));
    BOOST_TEST(!opens(KeyRing::parse(ring(entry("b", 'B'), "b")), wrapped));
    BOOST_TEST(!opens(KeyRing::parse(ring(entry("a", 'X'), "a")), wrapped));
}

const std::string kBroken[] = {
    "",
    "[]",
    "{",
    R"({"version":1})",
    R"({"version":2,"id":"r","active":"a","keys":[]})",
    ring("", "a"),
    ring(entry("a", 'A'), "b"),
    ring(entry("a", 'A'), ""),
    ring(entry("a", 'A') + "," + entry("a", 'B'), "a"),
    ring(entry("a.b", 'A'), "a.b"),
    ring(R"({"id":"a"})", "a"),
    ring(R"({"id":"a","key":"c2hvcnQ"})", "a"),
    ring(R"({"id":"a","key":7})", "a"),
    ring(R"("a")", "a"),
    R"({"version":1,"id":"r","active":"a","keys":{}})",
};

BOOST_DATA_TEST_CASE(a_broken_ring_is_refused_in_one_sentence, kBroken, json) {
    BOOST_CHECK_EXCEPTION(KeyRing::parse(json), Error, [](const Error& error) {
        return error.code() == ErrorCode::InvalidArgument &&
               error.message().starts_with("The key ring ") &&
               error.message().find('\n') == std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_refusal_does_not_repeat_a_key) {
    const auto key = toBase64Url(std::string(31, 's'));
    try {
        KeyRing::parse(ring(R"({"id":"a","key":")" + key + R"("})", "a"));
        BOOST_FAIL("a key of 31 bytes was accepted");
    } catch (const Error& error) {
        BOOST_TEST((error.message() + error.detail()).find(key) == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
