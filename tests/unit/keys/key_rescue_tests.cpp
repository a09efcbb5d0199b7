// Keys that a restored backup or a failover has lost while no process that knew them ran.

#include "keys/key_rescue.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "key_world.hpp"

using namespace postato;
using namespace postato::keys;
using namespace postato::keys::testing;
using postato::testing::backends;

namespace {

struct RescueWorld : KeyWorld {
    explicit RescueWorld(const postato::testing::Backend& backend) : KeyWorld(backend) {}

    std::unique_ptr<Process> start() { return std::make_unique<Process>(*this, "machine"); }
    std::filesystem::path copy(int key) const {
        return directory.path() / "machine" / "keys" / std::to_string(key);
    }
    std::string wrappedCopy(int key) const {
        for (const auto& copy : KeyCopies(this->copy(key).parent_path()).list().copies)
            if (copy.id == static_cast<std::uint32_t>(key)) return copy.wrapped;
        return {};
    }
    /// An answer under key 2, which is then lost with the database and the process.
    void loseKeyTwoUnderAnswer() {
        auto process = start();
        replace(*this);
        process->custodian.keepUp();
        process->keepAnswer().settle();
        process = nullptr;
        loseKeyTwo(*this);
    }
    static bool answerOpens(Process& process) {
        const auto files = process.journal->list(journal::Part::Settled);
        BOOST_REQUIRE(files.size() == 1u);
        try {
            return process.journal->resume(files.front()).has_value();
        } catch (const Error& error) {
            BOOST_TEST((error.code() == ErrorCode::DecryptFailed));
            return false;
        }
    }
    std::int64_t restored() {
        return db.number("SELECT COUNT(*) FROM audit_records WHERE type = 'data_key.restored'");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_rescue_tests)

BOOST_DATA_TEST_CASE(answers_open_after_a_restore_that_lost_their_key, backends(), backend) {
    RescueWorld world(backend);
    world.loseKeyTwoUnderAnswer();
    auto later = world.start();
    BOOST_TEST(world.answerOpens(*later));
    BOOST_TEST(later->active() == 1u);
    BOOST_REQUIRE(world.stored().size() == 2u);
    BOOST_TEST((world.stored()[1].state == persistence::DataKeyState::Replaced));
    BOOST_TEST(world.restored() == 1);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM journal_keys WHERE key_id = 2") == 1);
    BOOST_TEST(replace(world) == 3);
    // Others have it from the database.
    Process elsewhere(world, "another-machine");
    BOOST_TEST((elsewhere.custodian.keys().known(2) != nullptr));
}

BOOST_DATA_TEST_CASE(a_copy_is_there_before_its_key_seals, backends(), backend) {
    RescueWorld world(backend);
    auto process = world.start();
    BOOST_TEST(world.wrappedCopy(1) == world.stored().at(0).wrapped);
    replace(world);
    process->custodian.keepUp();
    BOOST_TEST(process->active() == 2u);
    BOOST_TEST(world.wrappedCopy(2) == world.stored().at(1).wrapped);
}

BOOST_DATA_TEST_CASE(a_copy_follows_the_ring_and_ends_with_its_key, backends(), backend) {
    RescueWorld world(backend);
    auto process = world.start();
    const auto before = world.wrappedCopy(1);
    world.place.ring = rewrapUnderNewRingKey(world);
    process->custodian.keepUp();
    BOOST_TEST(world.wrappedCopy(1) == world.stored().at(0).wrapped);
    BOOST_TEST(world.wrappedCopy(1) != before);
    replace(world);
    process->custodian.keepUp();
    world.db.clock.advance(kRetireAfter);
    process->custodian.keepUp();
    retire(world, 1);
    process->custodian.keepUp();
    BOOST_TEST(!std::filesystem::exists(world.copy(1)));
    BOOST_TEST(world.wrappedCopy(2) == world.stored().at(1).wrapped);
}

BOOST_DATA_TEST_CASE(a_retired_key_does_not_come_back, backends(), backend) {
    RescueWorld world(backend);
    world.start();
    replace(world);
    world.db.clock.advance(kRetireAfter);
    world.db.sql("DELETE FROM journal_keys");
    retire(world, 1);
    BOOST_REQUIRE(std::filesystem::exists(world.copy(1)));
    auto process = world.start();
    BOOST_TEST((world.stored()[0].state == persistence::DataKeyState::Retired));
    BOOST_TEST((process->custodian.keys().known(1) == nullptr));
    BOOST_TEST(!std::filesystem::exists(world.copy(1)));
}

BOOST_DATA_TEST_CASE(a_damaged_copy_stops_no_start, backends(), backend) {
    RescueWorld world(backend);
    world.loseKeyTwoUnderAnswer();
    std::ofstream(world.copy(2)) << "{}";
    auto later = world.start();
    BOOST_TEST(world.logged("keys.copy_unusable") == 1u);
    BOOST_TEST(!world.answerOpens(*later));
    BOOST_TEST(world.stored().size() == 1u);
    BOOST_TEST(std::filesystem::exists(world.copy(2)));  // somebody may yet mend it
}

BOOST_DATA_TEST_CASE(a_copy_under_another_ring_is_left_alone, backends(), backend) {
    RescueWorld world(backend);
    world.loseKeyTwoUnderAnswer();
    auto other = world.copyOfRing();
    other.activate(other.addKey(world.db.clock.now(), world.db.random));
    KeyCopies(world.copy(2).parent_path())
        .keep({2,
               other.wrap("ins_elsewhere", 2, crypto::DataKey::random(world.db.random),
                          world.db.random),
               world.db.clock.now()});
    auto later = world.start();
    BOOST_TEST(world.logged("keys.copy_unusable") == 1u);
    BOOST_TEST(!world.answerOpens(*later));
    BOOST_TEST(world.stored().size() == 1u);
}

BOOST_DATA_TEST_CASE(a_number_that_means_another_key_stays_as_it_is, backends(), backend) {
    RescueWorld world(backend);
    world.loseKeyTwoUnderAnswer();
    BOOST_TEST(replace(world) == 2);
    const auto stored = world.stored().at(1).wrapped;
    auto later = world.start();
    BOOST_TEST(world.logged("keys.copy_unusable") == 1u);
    BOOST_TEST(!world.answerOpens(*later));
    BOOST_TEST(world.stored().at(1).wrapped == stored);
    BOOST_TEST(world.restored() == 0);
    BOOST_TEST(later->open(later->seal("token")) == "token");
}

BOOST_DATA_TEST_CASE(a_copy_that_cannot_be_written_holds_up_nothing, backends(), backend) {
    RescueWorld world(backend);
    const auto keys = world.copy(1).parent_path();
    std::filesystem::create_directories(keys.parent_path());
    std::filesystem::permissions(keys.parent_path(), std::filesystem::perms::owner_all);
    std::ofstream(keys) << "a file in the place of the directory";
    auto process = world.start();
    process->keepAnswer().settle();
    process->custodian.keepUp();
    BOOST_TEST(process->open(process->seal("token")) == "token");
    BOOST_TEST(world.logged("keys.copy_failed") == 1u);
    std::filesystem::remove(keys);
    process->custodian.keepUp();
    BOOST_TEST(world.wrappedCopy(1) == world.stored().at(0).wrapped);
}

BOOST_AUTO_TEST_SUITE_END()
