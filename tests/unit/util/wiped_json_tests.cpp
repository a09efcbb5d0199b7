#include "util/wiped_json.hpp"

#include <boost/test/unit_test.hpp>

#include "util/json.hpp"

using namespace postato;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(wiped_json_tests)

BOOST_AUTO_TEST_CASE(a_wiped_text_leaves_nothing_in_its_memory) {
    for (const std::string secret : {"short", "canary-longer-than-any-short-text"}) {
        std::string text = secret;
        const auto* memory = text.data();
        const auto size = text.capacity();
        text.resize(3);  // what stands behind it was the secret's too
        wipe(text);
        BOOST_TEST(text.empty());
        BOOST_REQUIRE(text.data() == memory);
        for (std::size_t i = 0; i < size; ++i) BOOST_TEST(memory[i] == 0);
    }
}

BOOST_AUTO_TEST_CASE(its_text_is_that_of_any_document) {
    for (const auto& root :
         {json(), json("\x01\xff\"\\\n\u00e9"), json(-1), json(1.5e300), json::array(),
          json{{"name\n", json::array({json::object(), false, nullptr, std::string(300, '\x02')})},
               {"empty", json::object()}}}) {
        WipedJson document{json(root)};
        const auto text = document.dump();
        BOOST_TEST(text == dumpJson(root));
    }
}

BOOST_AUTO_TEST_SUITE_END()
