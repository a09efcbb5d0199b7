// What an operator does to keys, and what keeps one from going.

#include "keys/key_changes.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "key_world.hpp"
#include "persistence/sealed_row_repository.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

namespace {

/// Why the key cannot be retired; empty when it was.
std::string refusalToRetire(KeyWorld& world, std::int64_t id) {
    try {
        retire(world, id);
        return {};
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::Conflict));
        return error.message();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_changes_tests)

BOOST_DATA_TEST_CASE(a_database_that_was_never_used_has_nothing_to_replace, backends(), backend) {
    KeyWorld world(backend);
    BOOST_CHECK_EXCEPTION(replace(world), Error, [](const Error& error) {
        return error.code() == ErrorCode::Conflict && contains(error.message(), "postato serve");
    });
}

BOOST_DATA_TEST_CASE(what_needs_a_key_is_named, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    world.insertText(process->seal("token"));
    BOOST_TEST(contains(refusalToRetire(world, 7), "none of this database's"));
    BOOST_TEST(contains(refusalToRetire(world, 1), "active"));
    replace(world);
    process->custodian.keepUp();
    const auto all = refusalToRetire(world, 1);
    BOOST_TEST(contains(all, "1 pending connection or revocation will end"));
    BOOST_TEST(contains(all, "on machine-1"));
    BOOST_TEST(contains(all, "less than 10 minutes ago"));

    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    BOOST_TEST(refusalToRetire(world, 1) ==
               "Data key 1 is still needed: 1 pending connection or revocation will end within a "
               "day");
    world.db.sql("UPDATE revocations SET credentials_sealed = NULL");
    BOOST_TEST(refusalToRetire(world, 1) == "");
    BOOST_TEST(contains(refusalToRetire(world, 1), "retired before"));
}

BOOST_DATA_TEST_CASE(a_machine_that_is_gone_can_be_forgotten, backends(), backend) {
    KeyWorld world(backend);
    auto gone = world.start();
    auto process = world.start();
    gone = nullptr;
    replace(world);
    process->custodian.keepUp();
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    const auto reason = refusalToRetire(world, 1);
    BOOST_TEST(contains(reason, "on machine-1"));
    BOOST_TEST(!contains(reason, "on machine-2"));
    const auto journal = reason.substr(reason.find("jrn_"), 30);
    retire(world, 1, {journal});
    const auto records = world.db->read([](persistence::Transaction& tx) {
        return persistence::AuditRepository(tx).behind(audit::kInstallationChain, 0, 100);
    });
    BOOST_REQUIRE(!records.empty());
    BOOST_TEST(records.back().type == "data_key.retired");
    BOOST_TEST(records.back().data ==
               "{\"dataKey\":1,\"forgottenJournals\":[\"" + journal + "\"]}");
}

BOOST_DATA_TEST_CASE(a_machine_at_work_is_not_forgotten, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    replace(world);
    process->custodian.keepUp();
    const auto reason = refusalToRetire(world, 1);
    const auto journal = reason.substr(reason.find("jrn_"), 30);
    const auto codeOf = [&](std::int64_t key, const std::string& name) {
        try {
            world.write([&](persistence::Transaction& tx) { forgetJournal(tx, key, name); });
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    for (int minutes = 0; minutes < 30; minutes += 10) {
        BOOST_TEST((codeOf(1, journal) == ErrorCode::Conflict));
        world.db.clock.advance(std::chrono::minutes(10));
        // It need not be the key in question that was heard of.
        world.write([&](persistence::Transaction& tx) {
            persistence::DataKeyRepository(tx).announce(journal, "machine", 2);
        });
    }
    BOOST_TEST((codeOf(1, "jrn_elsewhere") == ErrorCode::InvalidArgument));
    BOOST_TEST((codeOf(7, journal) == ErrorCode::InvalidArgument));
    world.db.clock.advance(kRetireAfter);
    world.write([&](persistence::Transaction& tx) { forgetJournal(tx, 1, journal); });
    // Only what stood in the way is forgotten.
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 2") == 1);
}

BOOST_DATA_TEST_CASE(data_keys_move_to_another_key_of_the_ring, backends(), backend) {
    KeyWorld world(backend);
    auto process = world.start();
    const auto sealed = process->seal("token");
    replace(world);
    auto ring = world.copyOfRing();
    const auto first = ring.activeKeyId();
    ring.activate(ring.addKey(world.db.clock.now(), world.db.random));
    const auto rewrap = [&] {
        return world.write([&](persistence::Transaction& tx) {
            return rewrapDataKeys(tx, ring, kOperator, world.db.random);
        });
    };
    BOOST_TEST(rewrap() == 2);
    BOOST_TEST(rewrap() == 0);
    ring.removeKey(first);
    world.place.ring = std::make_shared<const crypto::KeyRing>(std::move(ring));
    BOOST_TEST(world.start()->open(sealed) == "token");
}

// The ring at hand may be a copy that is behind, and names a key that is gone elsewhere.
BOOST_DATA_TEST_CASE(a_new_data_key_is_wrapped_as_the_one_it_replaces, backends(), backend) {
    KeyWorld world(backend);
    world.start();
    const auto older = world.place.ring;
    const auto wrappedUnder = [&](std::size_t key) {
        return std::string(crypto::KeyRing::wrappingKeyOf(world.stored().at(key).wrapped));
    };
    auto ring = world.copyOfRing();
    const auto first = ring.activeKeyId();
    const auto second = ring.addKey(world.db.clock.now(), world.db.random);
    const auto rotate = [&](const crypto::KeyRing& at_hand) {
        return world.write([&](persistence::Transaction& tx) {
            return replaceDataKey(tx, at_hand, kOperator, world.db.random);
        });
    };
    ring.activate(second);
    BOOST_TEST(rotate(ring) == 2);
    BOOST_TEST(wrappedUnder(1) == first);
    world.write([&](persistence::Transaction& tx) {
        return rewrapDataKeys(tx, ring, kOperator, world.db.random);
    });
    ring.activate(first);
    BOOST_TEST(rotate(ring) == 3);
    BOOST_TEST(wrappedUnder(2) == second);
    BOOST_TEST((codeOf([&] { rotate(*older); }) == ErrorCode::DecryptFailed));
    // All of them lost, and put back.
    world.db.sql("UPDATE data_keys SET state = 'retiring'");
    BOOST_TEST(rotate(ring) == 4);
}

BOOST_DATA_TEST_CASE(a_ring_that_opens_not_all_rewraps_none, backends(), backend) {
    KeyWorld world(backend);
    world.start();
    const auto before = world.stored().front().wrapped;
    const auto foreign = crypto::KeyRing::make(world.db.clock.now(), world.db.random);
    BOOST_CHECK_THROW(world.write([&](persistence::Transaction& tx) {
        return rewrapDataKeys(tx, foreign, kOperator, world.db.random);
    }),
                      Error);
    BOOST_TEST(world.stored().front().wrapped == before);
}

BOOST_AUTO_TEST_SUITE_END()
