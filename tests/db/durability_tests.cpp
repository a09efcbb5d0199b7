#include "persistence/durability.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "things.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;

namespace {

constexpr Statement kSetting{"test.setting",
                             "SELECT setting, source FROM pg_settings WHERE name = :name", "tt"};

Row settingOf(Database& database, const std::string& name) {
    return database.read(
        [&](Transaction& tx) { return *tx.queryOne(kSetting, {arg("name", name)}); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(durability_tests)

BOOST_DATA_TEST_CASE(a_server_that_forgets_is_told_from_one_that_does_not,
                     backends(Dialect::Postgresql), backend) {
    TestDatabase db(backend, TestDatabase::Schema::Empty);
    std::vector<std::string> off;
    for (const auto* name : {"fsync", "full_page_writes", "synchronous_commit"})
        if (settingOf(*db, name).text(0) == "off") off.push_back(name);
    BOOST_TEST(unsafeSettings(*db) == off, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(our_own_file_is_flushed, backends(Dialect::Sqlite), backend) {
    TestDatabase db(backend, TestDatabase::Schema::Empty);
    BOOST_TEST(unsafeSettings(*db).empty());
}

BOOST_DATA_TEST_CASE(no_session_takes_commits_for_done_that_are_not_flushed,
                     backends(Dialect::Postgresql), backend) {
    TestDatabase db(backend, TestDatabase::Schema::Empty);
    const auto setting = settingOf(*db, "synchronous_commit");
    BOOST_TEST(setting.text(0) == "on");
    BOOST_TEST(setting.text(1) == "client");  // whatever the server's or the role's is
}

BOOST_DATA_TEST_CASE(a_restored_database_is_another_one, backends(Dialect::Postgresql), backend) {
    TestDatabase db(backend);
    const auto name = [&](Database& of) {
        return of.read([](Transaction& tx) { return incarnation(tx); });
    };
    const auto before = name(*db);
    BOOST_TEST(name(*db.another()) == before);
    db.sql("ALTER TABLE social_account_tokens RENAME TO former");
    db.sql("CREATE TABLE social_account_tokens (LIKE former INCLUDING ALL)");
    BOOST_TEST(name(*db) != before);
}

BOOST_AUTO_TEST_SUITE_END()
