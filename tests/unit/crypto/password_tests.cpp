#include "crypto/password.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using postato::crypto::PasswordHasher;
using postato::sdk::Secret;

BOOST_AUTO_TEST_SUITE(password_tests)

BOOST_AUTO_TEST_CASE(only_the_right_password_verifies) {
    PasswordHasher hasher;
    const auto stored = hasher.hash(Secret("correct horse"));
    BOOST_TEST(hasher.verify(stored, Secret("correct horse")));
    BOOST_TEST(!hasher.verify(stored, Secret("correct horse ")));
    BOOST_TEST(!hasher.verify(stored, Secret("")));
    BOOST_TEST(!hasher.verify(std::string("not a hash"), Secret("correct horse")));
}

BOOST_AUTO_TEST_CASE(the_stored_text_states_its_costs) {
    PasswordHasher hasher;
    const auto stored = hasher.hash(Secret("p"));
    BOOST_TEST(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
    BOOST_TEST(stored != hasher.hash(Secret("p")));
}

BOOST_AUTO_TEST_CASE(nobody_has_a_password) {
    PasswordHasher hasher;
    BOOST_TEST(!hasher.verify(std::nullopt, Secret("")));
    BOOST_TEST(!hasher.verify(std::nullopt, Secret("password")));
}

BOOST_AUTO_TEST_CASE(other_costs_ask_for_a_new_hash) {
    PasswordHasher hasher;
    BOOST_TEST(!PasswordHasher::needsRehash(hasher.hash(Secret("p"))));
    BOOST_TEST(
        PasswordHasher::needsRehash("$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                                    "n2RkhJ1+nWcHbCJsBeuaZcrKUdTlQt0lZrHqzL7yVMA"));
    BOOST_TEST(PasswordHasher::needsRehash("rubbish"));
}

BOOST_AUTO_TEST_CASE(more_callers_than_slots_are_all_served) {
    PasswordHasher hasher;
    const auto stored = hasher.hash(Secret("p"));
    std::vector<char> right(4, 0);
    std::vector<std::thread> threads;
    for (auto& answer : right)
        threads.emplace_back([&] { answer = hasher.verify(stored, Secret("p")) ? 1 : 0; });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(right == std::vector<char>(4, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
