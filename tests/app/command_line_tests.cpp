#include "app/command_line.hpp"

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/problems.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::app;

namespace {

/// What a call printed and how it ended.
struct Outcome {
    int code;
    std::string out;
    std::string err;
};

class Captured {
public:
    explicit Captured(std::ostream& stream)
        : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
    ~Captured() { stream_.rdbuf(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::ostream& stream_;
    std::streambuf* before_;
};

int greet(const Arguments& arguments) {
    nlohmann::json colours = arguments.values("colour");
    arguments.print("hello " + arguments.positional().front() + " " + arguments.required("from"),
                    {{"name", arguments.positional().front()}, {"colours", colours}});
    return 0;
}

Outcome run(const std::vector<std::string>& words) {
    const std::vector<Command> commands = {
        {"greet", "One word", "", {}, [](const Arguments&) { return 7; }},
        {"greet person",
         "Two words",
         "NAME",
         {{"from", "WHO", "the sender"}, {"colour", "C", "a colour", true}},
         greet},
        {"fail error",
         "Throws",
         "",
         {},
         [](const Arguments&) -> int {
             auto error = invalidField("email", "Required");
             throw error;
         }},
        {"fail config", "Throws", "", {}, [](const Arguments&) -> int {
             throw ConfigError({"a.b: is wrong", "c.d: is missing"});
         }}};
    const Captured out(std::cout);
    const Captured err(std::cerr);
    const int code = runCommandLine(words, commands);
    return {code, out.text(), err.text()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line_tests)

BOOST_AUTO_TEST_CASE(the_longest_name_wins_and_options_stand_anywhere) {
    BOOST_TEST(run({"greet"}).code == 7);
    const auto outcome = run(
        {"greet", "person", "--from", "me", "Ann", "--json", "--colour=red", "--colour", "blue"});
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.err == "");
    const auto json = nlohmann::json::parse(outcome.out);
    BOOST_TEST(json["name"] == "Ann");
    BOOST_TEST((json["colours"] == nlohmann::json{"red", "blue"}));
    BOOST_TEST(run({"greet", "person", "Ann", "--from=me"}).out == "hello Ann me\n");
}

BOOST_AUTO_TEST_CASE(wrong_calls_say_what_is_wrong_in_one_line) {
    const auto expect = [](const std::vector<std::string>& words, const std::string& message) {
        const auto outcome = run(words);
        BOOST_TEST(outcome.code == kUsage);
        BOOST_TEST(outcome.out == "");
        BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err);
        BOOST_TEST(outcome.err.find('\n') == outcome.err.size() - 1);
    };
    expect({"nonsense"}, "there is no command nonsense");
    expect({"greet", "person"}, "NAME is missing");
    expect({"greet", "person", "Ann"}, "--from is missing");
    expect({"greet", "person", "Ann", "Bob", "--from", "me"}, "unexpected argument: Bob");
    expect({"greet", "--unknown"}, "nknown option specified: unknown");
}

BOOST_AUTO_TEST_CASE(help_explains_commands_and_options) {
    BOOST_TEST(run({"--help"}).out.find("greet person NAME") != std::string::npos);
    const auto help = run({"greet", "person", "--help"});
    BOOST_TEST(help.code == 0);
    for (const char* part : {"Two words", "--from", "the sender", "--config", "--json"})
        BOOST_TEST(help.out.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(a_group_lists_its_commands) {
    const auto group = run({"fail", "--help"});
    BOOST_TEST(group.code == 0);
    BOOST_TEST(group.out.find("fail error") != std::string::npos);
    BOOST_TEST(group.out.find("greet") == std::string::npos);
    const auto bare = run({"fail"});
    BOOST_TEST(bare.code == kUsage);
    BOOST_TEST(bare.err == group.out);
    BOOST_TEST(run({"fail", "nowhere"}).err ==
               "postato: there is no command fail nowhere; see postato --help\n");
}

BOOST_AUTO_TEST_CASE(failures_become_one_line_each) {
    const auto error = run({"fail", "error"});
    BOOST_TEST(error.code == kFailure);
    BOOST_TEST(error.err == "postato: The request is not valid; email: Required\n");
    const auto config = run({"fail", "config"});
    BOOST_TEST(config.err == "postato: a.b: is wrong\npostato: c.d: is missing\n");
    const auto json = nlohmann::json::parse(run({"fail", "config", "--json"}).err);
    BOOST_TEST(json["problems"].size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
