#include "accounts/work_lane.hpp"

#include <fcntl.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <semaphore>

#include "util/error.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace std::chrono_literals;

namespace {

struct LaneWorld {
    FakeClock clock;
    Logger log{clock, ::open("/dev/null", O_WRONLY | O_CLOEXEC)};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(work_lane_tests, LaneWorld)

BOOST_AUTO_TEST_CASE(a_lane_works_on_as_many_pieces_as_it_has_threads_and_no_more) {
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    std::atomic<int> left{40};
    std::counting_semaphore<> done{0};
    WorkLane lane(
        "lane", 4, 1ms,
        [&](std::size_t free) {
            std::vector<WorkLane::Job> jobs;
            while (jobs.size() < free && left-- > 0)
                jobs.emplace_back([&](std::stop_token) {
                    const int now = ++running;
                    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                    }
                    std::this_thread::yield();
                    --running;
                    done.release();
                });
            return jobs;
        },
        log);
    for (int i = 0; i < 40; ++i) BOOST_REQUIRE(done.try_acquire_for(10s));
    lane.join();
    BOOST_TEST(most.load() <= 4);
    BOOST_TEST(running.load() == 0);
}

// With more due than threads, a lane that waits for its interval would stand idle most of the time.
BOOST_AUTO_TEST_CASE(threads_that_come_free_get_work_before_the_interval_is_over) {
    for (const std::size_t threads : {1u, 4u, 16u}) {
        std::atomic<int> left{100};
        std::counting_semaphore<> done{0};
        WorkLane lane(
            "lane", threads, 1h,
            [&](std::size_t free) {
                std::vector<WorkLane::Job> jobs;
                while (jobs.size() < free && left-- > 0)
                    jobs.emplace_back([&](std::stop_token) { done.release(); });
                return jobs;
            },
            log);
        for (int i = 0; i < 100; ++i) BOOST_REQUIRE(done.try_acquire_for(10s));
        lane.join();
    }
}

BOOST_AUTO_TEST_CASE(joining_waits_for_what_was_taken) {
    std::binary_semaphore started{0};
    std::binary_semaphore may_end{0};
    std::atomic<bool> ended{false};
    std::atomic<bool> once{false};
    WorkLane lane(
        "lane", 1, 1ms,
        [&](std::size_t) {
            std::vector<WorkLane::Job> jobs;
            if (!once.exchange(true))
                jobs.emplace_back([&](std::stop_token) {
                    started.release();
                    may_end.acquire();
                    ended = true;
                });
            return jobs;
        },
        log);
    BOOST_REQUIRE(started.try_acquire_for(10s));
    std::jthread stopper([&] { lane.join(); });
    may_end.release();
    stopper.join();
    BOOST_TEST(ended.load());
}

BOOST_AUTO_TEST_CASE(what_is_thrown_ends_neither_a_lane_nor_a_pulse) {
    std::counting_semaphore<> beats{0};
    std::atomic<int> count{0};
    Pulse pulse(
        "pulse", 1ms,
        [&]() -> bool {
            beats.release();
            if (++count < 3) throw Error(ErrorCode::Unavailable, PublicMessage{"away"});
            return false;
        },
        log);
    for (int i = 0; i < 5; ++i) BOOST_REQUIRE(beats.try_acquire_for(10s));
    pulse.join();

    std::counting_semaphore<> jobs_run{0};
    std::atomic<int> left{3};
    WorkLane lane(
        "lane", 1, 1ms,
        [&](std::size_t) {
            std::vector<WorkLane::Job> jobs;
            if (left-- > 0)
                jobs.emplace_back([&](std::stop_token) {
                    jobs_run.release();
                    throw std::runtime_error("a bug");
                });
            return jobs;
        },
        log);
    for (int i = 0; i < 3; ++i) BOOST_REQUIRE(jobs_run.try_acquire_for(10s));
    lane.join();
}

BOOST_AUTO_TEST_SUITE_END()
