// Random histories of one person's account: connects, disconnects, refreshes, new data keys, kills
// between the platform's answer and the database, and what people do while an answer is under way.
// However they end, the person's last act stands, no pair of tokens lives on that nobody holds, and
// every one that is held opens under the last key.

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "accounts/resealer.hpp"
#include "accounts/seal_check.hpp"
#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using postato::testing::backends;
using namespace std::chrono_literals;

namespace {

constexpr int kActs = 12;
constexpr const char* kPerson = "ada";

class History {
public:
    History(const postato::testing::Backend& backend, unsigned seed)
        : world_(backend), random_(seed) {}

    void play() {
        connect();
        for (int i = 0; i < kActs; ++i) act(static_cast<int>(random_() % 9));
        settle();
    }

    void check() {
        BOOST_TEST(world_.platform->reuses() == 0);
        BOOST_TEST(checkSeals(*world_.db, world_.vault).failed == 0);
        BOOST_TEST(world_.db.number("SELECT COUNT(*) FROM social_account_tokens WHERE key_id <> " +
                                    std::to_string(last_key_)) == 0);
        const auto living = world_.platform->livingPairs();
        if (!connected_) {
            BOOST_TEST(living.empty());
            BOOST_TEST(!world_.tokens(world_.workspace, *account_).has_value());
            return;
        }
        BOOST_TEST(
            (world_.account(world_.workspace, *account_).status == AccountStatus::Connected));
        BOOST_TEST(living == std::vector{world_.accessToken(world_.workspace, *account_)});
    }

private:
    void act(int which) {
        switch (which) {
            case 0:
                return connect();
            case 1:
                return disconnect();
            case 2:
                world_.passToDue();
                world_.refreshDue();
                return;
            case 3:
                return refreshWhile([this] { connect(); });
            case 4:
                return refreshWhile([this] { disconnect(); });
            case 5:
                world_.passToDue();
                world_.dieAfterAnswer();  // what is due may be in doubt: then there is no pair
                return;
            case 6:
                return replaceKey();
            case 7:
                return refreshWhile([this] { replaceKey(); });
            default:
                return world_.replay.catchUp();
        }
    }

    void connect() {
        account_ = world_.connect(world_.workspace, kPerson);
        connected_ = true;
    }

    void disconnect() {
        if (!connected_) return;
        world_.accounts.disconnect(world_.workspace, *account_, audit::Actor::system());
        connected_ = false;
    }

    void replaceKey() {
        ++last_key_;
        world_.replaceDataKey(last_key_, static_cast<char>('k' + last_key_));
        resealer_.runShare();
    }

    void refreshWhile(std::function<void()> meanwhile) {
        world_.platform->during_refresh = [this, meanwhile = std::move(meanwhile)] {
            world_.platform->during_refresh = [] {};
            meanwhile();
        };
        world_.passToDue();
        world_.refreshDue();
        world_.platform->during_refresh = [] {};
    }

    void settle() {
        for (int round = 0; round < 8; ++round) {
            world_.replay.catchUp();
            world_.db.clock.advance(15min);
            world_.refreshDue();
            while (world_.revocations.runDue(10) > 0) {
            }
            resealer_.runShare();
        }
    }

    ServiceWorld world_;
    Resealer resealer_{*world_.db, world_.vault, world_.data_keys, world_.log, {}};
    std::mt19937 random_;
    std::uint32_t last_key_ = 1;
    std::optional<AccountId> account_;
    bool connected_ = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(custody_history_tests)

static void playMany(const postato::testing::Backend& backend, unsigned histories) {
    for (unsigned seed = 1; seed <= histories; ++seed) {
        History history(backend, seed);
        BOOST_TEST_CONTEXT("seed " << seed) {
            history.play();
            history.check();
        }
    }
}

BOOST_DATA_TEST_CASE(the_last_act_of_the_person_stands_and_no_pair_is_left_over, backends(),
                     backend) {
    playMany(backend, backend.dialect == persistence::Dialect::Sqlite ? 200 : 40);
}

BOOST_TEST_DECORATOR(*boost::unit_test::disabled())  // takes minutes: runs when asked for
BOOST_DATA_TEST_CASE(it_does_in_a_thousand_histories, backends(), backend) {
    playMany(backend, 1000);
}

BOOST_AUTO_TEST_SUITE_END()
