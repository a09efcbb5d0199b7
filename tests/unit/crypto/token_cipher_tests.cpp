#include "crypto/token_cipher.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>
#include <vector>

#include "crypto/system_random.hpp"
#include "support/data_keys.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using crypto::SealContext;
using crypto::TokenCipher;
using sdk::Secret;
using testing::TestDataKeys;

namespace {

struct Ciphers {
    crypto::SystemRandom random;
    TestDataKeys keys{{1, 'a'}, {2, 'b'}};
    TokenCipher cipher{"ins_1", keys, random};
    SealContext place{"wks_1", "account_tokens", "acc_1", "access", 7};
};

bool opens(const TokenCipher& cipher, const SealContext& place, const std::string& sealed) {
    try {
        cipher.open(place, sealed);
        return true;
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::DecryptFailed));
        BOOST_TEST(error.message() == "A stored secret does not open");
        return false;
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(token_cipher_tests, Ciphers)

BOOST_AUTO_TEST_CASE(what_was_sealed_opens_in_its_place) {
    for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 2048u}) {
        const std::string text(size, 't');
        BOOST_TEST(cipher.open(place, cipher.seal(place, Secret(text))).reveal() == text);
    }
}

BOOST_AUTO_TEST_CASE(the_blob_has_the_documented_layout) {
    const auto blob = *fromBase64Url(cipher.seal(place, Secret("token")));
    BOOST_TEST(blob.size() == 2u + 4 + 32 + 12 + 5 + 16 + 32);
    BOOST_TEST(blob.substr(0, 6) == std::string("P\1\0\0\0\2", 6));
}

// Made by an independent implementation of the format; it must open for ever.
BOOST_AUTO_TEST_CASE(a_blob_of_version_1_opens) {
    const std::string recorded =
        "UAEAAAADAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9kZWZnaGlqa2xtbm8MRKMY"
        "2YpiSJnHJuH5mGyLzkatBDITD5Jjx9UXXkNsEqsnccqWu0hGuNtMLrIZFQ_dadfEmXB7AQuJ"
        "Py0";
    const TestDataKeys golden_keys{{3, 'g'}};
    const TokenCipher reader("ins_golden", golden_keys, random);
    const SealContext golden{"wks_golden", "account_tokens", "acc_golden", "access", 42};
    BOOST_TEST(reader.open(golden, recorded).reveal() == "golden token");
}

BOOST_AUTO_TEST_CASE(two_seals_of_one_text_have_nothing_in_common) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(cipher.seal(place, Secret("same")));
    BOOST_TEST(seen.size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_moved_text_does_not_open) {
    const auto sealed = cipher.seal(place, Secret("token"));
    const auto elsewhere = [&](auto change) {
        auto other = place;
        change(other);
        return opens(cipher, other, sealed);
    };
    BOOST_TEST(opens(cipher, place, sealed));
    BOOST_TEST(!elsewhere([](auto& at) { at.workspace = "wks_2"; }));
    BOOST_TEST(!elsewhere([](auto& at) { at.table = "revocations"; }));
    BOOST_TEST(!elsewhere([](auto& at) { at.row = "acc_2"; }));
    BOOST_TEST(!elsewhere([](auto& at) { at.column = "refresh"; }));
    BOOST_TEST(!elsewhere([](auto& at) { at.generation = 8; }));
    const TokenCipher other_installation("ins_2", keys, random);
    BOOST_TEST(!opens(other_installation, place, sealed));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_and_every_cut_is_refused_alike) {
    const auto blob = *fromBase64Url(cipher.seal(place, Secret("token")));
    for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
        auto altered = blob;
        altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
        BOOST_TEST(!opens(cipher, place, toBase64Url(altered)));
    }
    for (std::size_t size = 0; size < blob.size(); ++size)
        BOOST_TEST(!opens(cipher, place, toBase64Url(blob.substr(0, size))));
    BOOST_TEST(!opens(cipher, place, toBase64Url(blob + "x")));
    BOOST_TEST(!opens(cipher, place, "not base64url!"));
}

BOOST_AUTO_TEST_CASE(keys_are_found_by_the_id_in_the_text) {
    const TestDataKeys first{{1, 'a'}};
    const auto sealed = TokenCipher("ins_1", first, random).seal(place, Secret("token"));
    BOOST_TEST(cipher.open(place, sealed).reveal() == "token");
    const TestDataKeys second{{2, 'b'}};
    BOOST_TEST(!opens(TokenCipher("ins_1", second, random), place, sealed));
    const TestDataKeys wrong_bytes{{1, 'x'}};
    BOOST_TEST(!opens(TokenCipher("ins_1", wrong_bytes, random), place, sealed));
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_place_for_the_log_only) {
    try {
        cipher.open(place, "");
        BOOST_FAIL("nothing was opened");
    } catch (const Error& error) {
        BOOST_TEST(error.detail() == "account_tokens.access of acc_1, generation 7");
    }
}

BOOST_AUTO_TEST_CASE(threads_share_one_cipher_and_every_seal_is_counted) {
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) {
                const auto text = std::to_string(n);
                right += cipher.open(place, cipher.seal(place, Secret(text))).reveal() == text;
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(right == 200);
    BOOST_TEST(keys.active()->takeSeals() == 200u);
    BOOST_TEST(keys.active()->takeSeals() == 0u);
}

BOOST_AUTO_TEST_CASE(a_text_says_which_key_it_is_sealed_under) {
    const auto sealed = cipher.seal(place, Secret("token"));
    BOOST_TEST((crypto::keyIdOf(sealed) == 2u));
    BOOST_TEST(sealed.starts_with(crypto::prefixOf(2)));
    BOOST_TEST(!sealed.starts_with(crypto::prefixOf(3)));
    BOOST_TEST(!crypto::keyIdOf("").has_value());
    BOOST_TEST(!crypto::keyIdOf(crypto::prefixOf(2)).has_value());
}

BOOST_AUTO_TEST_CASE(a_beginning_of_a_text_says_it_too) {
    for (const std::uint32_t id : {1u, 255u, 256u, 4'294'967'295u})
        BOOST_TEST((crypto::keyIdOfPrefix(crypto::prefixOf(id)) == id));
    BOOST_TEST(!crypto::keyIdOfPrefix("").has_value());
    BOOST_TEST(!crypto::keyIdOfPrefix("UAEAAAA").has_value());
    BOOST_TEST(!crypto::keyIdOfPrefix("UQEAAAAB").has_value());
    BOOST_TEST(!crypto::keyIdOfPrefix("tampered").has_value());
}

BOOST_AUTO_TEST_CASE(texts_that_belong_together_are_sealed_under_one_key) {
    const auto key = cipher.activeKey();
    keys.add(3, 'c');  // another process has replaced it meanwhile
    BOOST_TEST((crypto::keyIdOf(cipher.seal(place, Secret("refresh"), *key)) == 2u));
    BOOST_TEST((crypto::keyIdOf(cipher.seal(place, Secret("refresh"))) == 3u));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_known_yet_is_asked_for) {
    TestDataKeys newer{{2, 'b'}, {3, 'c'}};
    const auto sealed = TokenCipher("ins_1", newer, random).seal(place, Secret("token"));
    std::vector<std::uint32_t> asked;
    keys.onMiss([&](std::uint32_t id) {
        asked.push_back(id);
        keys.put(id, crypto::DataKey::copyOf(std::string(32, 'c')));
    });
    BOOST_TEST(cipher.open(place, sealed).reveal() == "token");
    BOOST_TEST(cipher.open(place, sealed).reveal() == "token");
    BOOST_TEST(asked == std::vector<std::uint32_t>{3}, boost::test_tools::per_element());
    BOOST_TEST(keys.active()->id() == 2u);
}

BOOST_AUTO_TEST_CASE(a_key_that_left_the_set_opens_nothing) {
    const auto sealed = cipher.seal(place, Secret("token"));
    keys.add(3, 'c');
    keys.remove(2);
    BOOST_TEST(!opens(cipher, place, sealed));
}

BOOST_AUTO_TEST_CASE(without_an_active_key_nothing_is_sealed) {
    const auto isUnavailable = [](const Error& error) {
        return error.code() == ErrorCode::Unavailable;
    };
    const auto sealed = cipher.seal(place, Secret("token"));
    keys.deactivate();
    BOOST_CHECK_EXCEPTION(cipher.seal(place, Secret("token")), Error, isUnavailable);
    BOOST_TEST(opens(cipher, place, sealed));
    keys.activate(2);
    keys.remove(2);
    BOOST_CHECK_EXCEPTION(cipher.seal(place, Secret("token")), Error, isUnavailable);
    BOOST_TEST(!opens(cipher, place, sealed));
}

BOOST_AUTO_TEST_SUITE_END()
