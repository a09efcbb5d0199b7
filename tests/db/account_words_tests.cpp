#include <boost/test/unit_test.hpp>

#include "persistence/account_repository.hpp"

using namespace postato::persistence;

BOOST_AUTO_TEST_SUITE(account_words_tests)

BOOST_AUTO_TEST_CASE(each_status_has_one_word) {
    for (const auto status :
         {AccountStatus::Connected, AccountStatus::TokenExpired, AccountStatus::Suspended})
        BOOST_TEST((parseAccountStatus(word(status)) == status));
    BOOST_TEST(word(AccountStatus::TokenExpired) == "token_expired");
}

BOOST_AUTO_TEST_CASE(each_reason_has_one_word) {
    for (int i = 1; i <= static_cast<int>(StatusReason::Unknown); ++i) {
        const auto reason = static_cast<StatusReason>(i);
        BOOST_TEST((parseStatusReason(word(reason)) == reason));
    }
    BOOST_TEST(word(StatusReason::RefreshTokenExpired) == "refresh_token_expired");
}

BOOST_AUTO_TEST_CASE(no_other_word_is_understood) {
    for (const auto* text : {"", "Connected", "connected ", "revoked"}) {
        BOOST_TEST(!parseAccountStatus(text).has_value());
        BOOST_TEST(!parseStatusReason(text).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
