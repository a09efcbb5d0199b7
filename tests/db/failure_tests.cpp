#include "persistence/failure.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;
using namespace postato::persistence;

namespace {

FailureKind ofSqlstate(const char* sqlstate) { return postgresqlFailure(sqlstate, true, "").kind; }

}  // namespace

BOOST_AUTO_TEST_SUITE(failure_tests)

BOOST_AUTO_TEST_CASE(a_postgresql_failure_is_told_by_its_sqlstate) {
    using enum FailureKind;
    const std::pair<const char*, FailureKind> rows[] = {
        {"23505", Constraint},   // unique_violation
        {"40001", Retryable},    // serialization_failure
        {"40P01", Retryable},    // deadlock_detected
        {"57014", Unavailable},  // query_canceled
        {"25006", Unavailable},  // read_only_sql_transaction
        {"53100", Unavailable},  // disk_full
        {"26000", Unavailable},  // invalid_sql_statement_name: a pooler in between
        {"28P01", Unfit},        // invalid_password
        {"3D000", Unfit},        // invalid_catalog_name
        {"3F000", Unfit},        // invalid_schema_name
        {"42501", Unfit},        // insufficient_privilege
        {"08006", Lost},         // connection_failure
        {"57P01", Lost},         // admin_shutdown
        {"42601", Bug},          // syntax_error
        {"22P02", Bug},          // invalid_text_representation
        {"", Bug},
    };
    for (const auto& [sqlstate, kind] : rows) BOOST_TEST((ofSqlstate(sqlstate) == kind), sqlstate);
    BOOST_TEST((postgresqlFailure("42601", false, "").kind == Lost));
}

BOOST_AUTO_TEST_CASE(an_sqlite_failure_is_told_by_its_primary_result) {
    using enum FailureKind;
    const std::pair<int, FailureKind> rows[] = {
        {5, Unavailable},  {5 | 2 << 8, Unavailable},
        {13, Unavailable}, {8, Unavailable},
        {11, Unfit},       {26, Unfit},
        {19, Constraint},  {19 | 8 << 8, Constraint},
        {1, Bug},
    };
    for (const auto& [result, kind] : rows)
        BOOST_TEST((sqliteFailure(result, "").kind == kind), result);
}

BOOST_AUTO_TEST_CASE(values_stay_out_of_the_message) {
    BOOST_TEST(postgresqlFailure("23505", true, "duplicate key\nDETAIL: (token)=(x)").message ==
               "duplicate key");
    BOOST_TEST(postgresqlFailure("22P02", true, "invalid input: \"x\"").message == "");
}

BOOST_AUTO_TEST_CASE(only_what_may_pass_by_itself_is_worth_asking_again) {
    const auto away = toError(postgresqlFailure("57P03", true, "starting up"), "accounts.list");
    BOOST_TEST((away.code() == ErrorCode::Unavailable));
    BOOST_TEST(away.retry_after.has_value());
    const auto refused = toError(postgresqlFailure("42501", true, "permission denied"), "x.y");
    BOOST_TEST((refused.code() == ErrorCode::Unavailable));
    BOOST_TEST(!refused.retry_after.has_value());
    BOOST_TEST(refused.detail() == "x.y: 42501 permission denied");
}

BOOST_AUTO_TEST_SUITE_END()
