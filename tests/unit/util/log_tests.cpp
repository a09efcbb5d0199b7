#include "util/log.hpp"

#include <unistd.h>

#include <array>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

using namespace postato;

namespace {

/// A logger that writes into a pipe.
struct Lines {
    std::array<int, 2> pipe = makePipe();
    FakeClock clock{0};
    Logger logger{clock, pipe[1]};

    ~Lines() {
        for (const int end : pipe)
            if (end >= 0) ::close(end);
    }

    static std::array<int, 2> makePipe() {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::pipe(ends.data()) == 0);
        return ends;
    }

    /// Everything logged; nothing can be logged afterwards.
    std::string all() {
        ::close(pipe[1]);
        pipe[1] = -1;
        std::string text;
        std::array<char, 4096> buffer{};
        for (ssize_t count; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        return text;
    }
};

const std::string kForgeries[] = {
    "x\r\n{\"level\":\"error\",\"event\":\"forged\"}",
    "\",\"event\":\"forged",
    "\x1b[2J\x1b[31mred",
    std::string("nul\0byte", 8),
    "\xff\xfe not utf-8",
    "\xe2\x80\xa8 line separator \xe2\x80\xae override",
    "}\n{",
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_tests, Lines)

BOOST_AUTO_TEST_CASE(a_line_is_one_json_object) {
    logger.info("account.connected", {{"account", "acc_1"}, {"count", 2}, {"first", true}});
    BOOST_TEST(
        all() ==
        "{\"at\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"account.connected\","
        "\"account\":\"acc_1\",\"count\":2,\"first\":true}\n");
}

BOOST_DATA_TEST_CASE(no_value_can_forge_or_break_a_line, kForgeries, value) {
    logger.warning("event", {{"value", value}});
    const auto text = all();
    BOOST_TEST(text.find('\n') == text.size() - 1);
    for (const unsigned char c : text.substr(0, text.size() - 1))
        BOOST_TEST((c >= 0x20 && c < 0x7f));
    const auto line = nlohmann::json::parse(text);
    BOOST_TEST(line["event"] == "event");
    BOOST_TEST(line["level"] == "warning");
    BOOST_TEST(line.size() == 4u);
}

BOOST_AUTO_TEST_CASE(lines_below_the_level_are_dropped) {
    logger.debug("quiet");
    logger.error("loud");
    const auto text = all();
    BOOST_TEST(text.find("quiet") == std::string::npos);
    BOOST_TEST(text.find("loud") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(threads_do_not_mix_their_lines) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int n = 0; n < 100; ++n) logger.info("line", {{"thread", i}, {"n", n}});
        });
    for (auto& thread : threads) thread.join();
    std::istringstream lines(all());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        BOOST_TEST(nlohmann::json::parse(line)["event"] == "line");
    BOOST_TEST(count == 400);
}

BOOST_AUTO_TEST_SUITE_END()
