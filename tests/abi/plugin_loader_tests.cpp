#include "platforms/plugin_loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>

#include "support.hpp"
#include "util/error.hpp"

using namespace postato::platforms;
using namespace postato::platforms::testing;

namespace postato::platforms::testing {

std::vector<std::string> idsOf(const LoadedDirectory& loaded) {
    std::vector<std::string> ids;
    for (const auto& plugin : loaded.plugins) ids.push_back(plugin.platform_id);
    return ids;
}

}  // namespace postato::platforms::testing

BOOST_AUTO_TEST_SUITE(plugin_loader_tests)

BOOST_AUTO_TEST_CASE(good_plugins_load_beside_broken_ones) {
    const PluginDirectory directory;
    for (const char* fixture : {"good", "neighbour", "wrong_abi", "initialiser_segfaults"})
        directory.put(fixture);
    directory.write("readme.txt", "no plugin, and not named like one");
    const auto loaded = directory.loader().loadAll();
    BOOST_TEST(idsOf(loaded) == (std::vector<std::string>{"good", "neighbour"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(loaded.refused.size() == 2u);
    for (const auto& refused : loaded.refused) BOOST_TEST(!refused.reason.empty());
    const auto platform = loaded.plugins.front().create({});
    BOOST_TEST(platform->authorizationUrl({.state = "s"}) ==
               "https://platform.example/authorize?state=s");
}

BOOST_AUTO_TEST_CASE(of_two_plugins_for_one_platform_the_first_by_name_stays) {
    const PluginDirectory directory;
    directory.put("same_platform", "a.so");
    directory.put("good", "b.so");
    const auto loaded = directory.loader().loadAll();
    BOOST_REQUIRE(loaded.plugins.size() == 1u);
    BOOST_TEST(loaded.plugins.front().version == "9.0.0");
    BOOST_REQUIRE(loaded.refused.size() == 1u);
    BOOST_TEST(causeName(loaded.refused.front().cause) == "duplicate_platform");
}

// A constructor of a refused plugin runs in the child that tries it, never in the host.
BOOST_AUTO_TEST_CASE(code_of_a_refused_plugin_does_not_run_here) {
    const PluginDirectory directory;
    const auto runs = directory.root() / "runs";
    ::setenv("POSTATO_FIXTURE_RUNS", runs.c_str(), 1);
    directory.put("good");
    for (const char* fixture : {"no_descriptor", "wrong_abi", "same_platform"})
        directory.put(fixture);
    directory.loader().loadAll();
    ::unsetenv("POSTATO_FIXTURE_RUNS");
    const auto here = std::to_string(::getpid());
    std::ifstream lines(runs);
    int in_host = 0;
    int in_children = 0;
    for (std::string line; std::getline(lines, line);) ++(line == here ? in_host : in_children);
    BOOST_TEST(in_host == 1);  // the good one
    BOOST_TEST(in_children >= 2);
}

BOOST_AUTO_TEST_CASE(what_was_checked_is_what_runs) {
    const PluginDirectory directory;
    const auto file = directory.put("good");
    const auto loaded = directory.loader().load(file);
    const auto platform = loaded.create({});
    // Overwritten in place and removed: neither reaches the private copy.
    directory.write("good.so", "something else entirely");
    fs::remove(file);
    BOOST_TEST(platform->authorizationUrl({.state = "s"}).ends_with("state=s"));
    BOOST_TEST(directory.privateFiles().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_private_directory_must_be_private) {
    const PluginDirectory directory;
    const auto file = directory.put("good");
    fs::create_directory(directory.privateDirectory());
    fs::permissions(directory.privateDirectory(), fs::perms(0755));
    BOOST_CHECK_THROW(directory.loader().load(file), postato::Error);
    fs::permissions(directory.privateDirectory(), fs::perms(0700));
    BOOST_TEST(directory.loader().load(file).platform_id == "good");
}

BOOST_AUTO_TEST_CASE(nobody_else_may_write_above_the_private_directory) {
    const PluginDirectory directory;
    const auto file = directory.put("good");
    const auto above = directory.privateDirectory().parent_path();
    fs::permissions(above, fs::perms(0777));
    BOOST_CHECK_EXCEPTION(
        directory.loader().load(file), postato::Error, [&](const postato::Error& error) {
            return error.message().find(above.string() + ", which other users can write to") !=
                   std::string::npos;
        });
    fs::permissions(above, fs::perms(0755));
    BOOST_TEST(directory.loader().load(file).platform_id == "good");
}

BOOST_AUTO_TEST_CASE(copies_that_earlier_starts_left_are_swept) {
    const PluginDirectory directory;
    directory.put("good");
    directory.loader().loadAll();
    const auto in_use = directory.privateDirectory() / directory.privateFiles().front();
    const auto left = [&](const char* name, std::chrono::hours age) {
        const auto file = directory.privateDirectory() / name;
        std::ofstream(file) << "an earlier version";
        fs::last_write_time(file, fs::file_time_type::clock::now() - age);
        return file;
    };
    const auto old = left("0123.so", std::chrono::hours(25));
    const auto cut_off = left("new-abcdef.so", std::chrono::hours(25));
    const auto of_another_process = left("4567.so", std::chrono::hours(1));
    const auto loaded = directory.loader().loadAll();
    BOOST_TEST(!fs::exists(old));
    BOOST_TEST(!fs::exists(cut_off));
    BOOST_TEST(fs::exists(of_another_process));
    BOOST_TEST(fs::exists(in_use));
    BOOST_TEST(loaded.plugins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_an_error) {
    const PluginDirectory directory;
    fs::remove(directory.plugins());
    BOOST_CHECK_THROW(directory.loader().loadAll(), postato::Error);
}

BOOST_AUTO_TEST_SUITE_END()
