// Whatever is done to the trail behind its back is found, and named.

#include "audit/audit_verification.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "audit_world.hpp"

using namespace postato;
using namespace postato::audit;
using namespace postato::audit::testing;
using postato::testing::backends;

namespace postato::audit::testing {

/// Five acts in the installation's chain.
struct TrailWorld : AuditWorld {
    explicit TrailWorld(const postato::testing::Backend& backend) : AuditWorld(backend) {
        for (int i = 1; i <= 5; ++i) act("act." + std::to_string(i));
    }

    std::string onlyProblem(const std::vector<persistence::AuditChainEnd>& kept = {}) {
        const auto found = problems(kept);
        BOOST_TEST(found.size() == 1u);
        return found.empty() ? "" : found.front();
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace postato::audit::testing

BOOST_AUTO_TEST_SUITE(audit_verification_tests)

BOOST_DATA_TEST_CASE(a_trail_as_it_was_written_has_no_problems, backends(), backend) {
    TrailWorld world(backend);
    world.actIn(world.db.makeWorkspace().id(), "workspace.created");
    const auto found = verify(*world.db, {});
    BOOST_TEST(found.problems.empty());
    BOOST_TEST(found.records == 6);
    BOOST_REQUIRE(found.ends.size() == 2u);
    // Going on is no change of what was.
    world.act("act.6");
    BOOST_TEST(world.problems(found.ends).empty());
}

BOOST_DATA_TEST_CASE(an_altered_record_is_named, backends(), backend) {
    TrailWorld world(backend);
    const auto id = world.records()[2].id.str();
    world.tamper("UPDATE audit_records SET actor = 'usr_2' WHERE sequence = 3");
    BOOST_TEST(world.onlyProblem() == "chain installation: record 3 (" + id +
                                          ", act.3) was altered, or put in the place of another");
}

BOOST_DATA_TEST_CASE(a_missing_record_is_noticed, backends(), backend) {
    TrailWorld world(backend);
    world.tamper("DELETE FROM audit_records WHERE sequence = 2");
    const auto problems = world.problems();
    BOOST_REQUIRE(problems.size() == 2u);
    BOOST_TEST(contains(problems[0], "1 records are missing before record 3"));
    BOOST_TEST(contains(problems[1], "record 3"));
}

BOOST_DATA_TEST_CASE(a_cut_tail_is_noticed, backends(), backend) {
    TrailWorld world(backend);
    world.tamper("DELETE FROM audit_records WHERE sequence >= 4");
    BOOST_TEST(world.onlyProblem() == "chain installation: 2 records were cut off behind 3");
}

BOOST_DATA_TEST_CASE(a_removed_end_is_noticed, backends(), backend) {
    TrailWorld world(backend);
    world.tamper("DELETE FROM audit_chains");
    BOOST_TEST(world.onlyProblem() == "chain installation: its end was removed");
}

BOOST_DATA_TEST_CASE(a_record_outside_of_its_chain_is_named, backends(), backend) {
    TrailWorld world(backend);
    world.forge(0);
    world.forge(7);
    const auto problems = world.problems();
    BOOST_REQUIRE(problems.size() == 2u);
    BOOST_TEST(problems[0] ==
               "chain installation: record 0 (evt_0, act.forged) was put in outside of it");
    BOOST_TEST(problems[1] ==
               "chain installation: record 7 (evt_7, act.forged) was put in outside of it");
}

// Somebody who makes every later hash anew is found by whoever kept the end.
BOOST_DATA_TEST_CASE(a_trail_written_anew_is_found_by_a_kept_end, backends(), backend) {
    TrailWorld world(backend);
    const auto kept = verify(*world.db, {}).ends;
    auto records = world.records();
    world.tamper("DELETE FROM audit_records");
    world.tamper("DELETE FROM audit_chains");
    for (int i = 1; i <= 5; ++i) world.act(i == 2 ? "act.never" : "act." + std::to_string(i));
    BOOST_TEST(world.problems().empty());
    BOOST_TEST(contains(world.onlyProblem(kept),
                        "record 5 (" + world.records()[4].id.str() +
                            ", act.5) is not the one that stood there when its hash was kept"));

    world.tamper("DELETE FROM audit_records");
    world.tamper("DELETE FROM audit_chains");
    BOOST_TEST(world.onlyProblem(kept) == "chain installation: all of it is gone");
    world.act("act.1");
    BOOST_TEST(world.onlyProblem(kept) ==
               "chain installation: it ends before record 5, whose hash was kept");
}

BOOST_DATA_TEST_CASE(what_is_from_before_the_chain_comes_first_only, backends(), backend) {
    AuditWorld world(backend);
    world.db.sql(
        "INSERT INTO audit_records (chain, sequence, id, at, type, actor, origin, data, hash) "
        "VALUES ('installation', 1, 'evt_old', 1, 'old', 'usr_1', '', '{}', 'imported')");
    world.db.sql("INSERT INTO audit_chains VALUES ('installation', 1, 'imported')");
    world.act("act.1");
    const auto found = verify(*world.db, {});
    BOOST_TEST(found.problems.empty());
    BOOST_TEST(found.records == 2);
    BOOST_TEST(found.imported == 1);
    world.act("act.2");
    world.tamper("UPDATE audit_records SET hash = 'imported', actor = 'usr_2' WHERE sequence = 3");
    BOOST_TEST(!world.problems().empty());
}

BOOST_AUTO_TEST_SUITE_END()
