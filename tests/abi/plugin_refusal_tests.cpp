// One clear refusal per cause, and nobody else's plugin suffers.

#include "platforms/plugin_refusal.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "elf_surgery.hpp"
#include "support.hpp"

using namespace postato::platforms;
using namespace postato::platforms::testing;

namespace postato::platforms::testing {

/// A fixture, the cause it must be refused for, and words the reason must have.
struct Broken {
    const char* fixture;
    RefusalCause cause;
    const char* says;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) { return out << broken.fixture; }

const Broken kBroken[] = {
    {"no_descriptor", RefusalCause::NoDescriptor, "not a Postato plugin"},
    {"not_a_descriptor", RefusalCause::NoDescriptor, "not a plugin descriptor"},
    {"no_create", RefusalCause::NoDescriptor, "without name, version, create or destroy"},
    {"wrong_abi", RefusalCause::AbiMismatch, "ABI 4711"},
    {"wrong_size", RefusalCause::AbiMismatch, ""},
    {"wrong_toolchain", RefusalCause::ToolchainMismatch, "gcc-4 /libstdc++-old"},
    {"bad_id", RefusalCause::BadId, "platform id"},
    {"empty_id", RefusalCause::BadId, "platform id"},
    {"long_id", RefusalCause::BadId, "platform id"},
    {"no_id", RefusalCause::BadId, "platform id"},
    {"undefined_symbol", RefusalCause::NotLoadable, "postato_fixture_function_that_nobody_has"},
    {"initialiser_throws", RefusalCause::CrashedInCheck, "Aborted"},
    {"initialiser_throws_int", RefusalCause::CrashedInCheck, "Aborted"},
    {"initialiser_aborts", RefusalCause::CrashedInCheck, "Aborted"},
    {"initialiser_segfaults", RefusalCause::CrashedInCheck, "Segmentation fault"},
    {"initialiser_exits", RefusalCause::CrashedInCheck, ""},
};

/// A sentence without subject and full stop that says what to do behind a semicolon.
void checkWording(const std::string& reason) {
    BOOST_TEST_CONTEXT(reason) {
        BOOST_TEST(reason.find("; ") != std::string::npos);
        BOOST_TEST(!reason.ends_with('.'));
        BOOST_TEST(reason.find_first_of("\n\r\t") == std::string::npos);
    }
}

}  // namespace postato::platforms::testing

BOOST_AUTO_TEST_SUITE(plugin_refusal_tests)

BOOST_DATA_TEST_CASE(a_broken_plugin_is_refused_for_its_own_cause, kBroken, broken) {
    const PluginDirectory directory;
    const auto refusal = refusalOf(directory, directory.put(broken.fixture));
    BOOST_TEST(causeName(refusal.cause) == causeName(broken.cause));
    BOOST_TEST_CONTEXT(refusal.reason) {
        BOOST_TEST(refusal.reason.find(broken.says) != std::string::npos);
    }
    checkWording(refusal.reason);
    BOOST_TEST(directory.privateFiles().empty());
}

BOOST_AUTO_TEST_CASE(files_that_are_no_plugins_are_told_apart) {
    const PluginDirectory directory;
    const auto object = readFile(fixtureFile("good"));
    std::set<std::string> reasons;
    const auto refuse = [&](const fs::path& file, RefusalCause cause) {
        const auto refusal = refusalOf(directory, file);
        BOOST_TEST_CONTEXT(file.filename().string() << " " << refusal.reason) {
            BOOST_TEST(causeName(refusal.cause) == causeName(cause));
        }
        checkWording(refusal.reason);
        BOOST_TEST(reasons.insert(refusal.reason).second);
    };
    refuse(directory.write("text.so", "not a shared object\n"), RefusalCause::NotLoadable);
    refuse(directory.write("empty.so", ""), RefusalCause::NotLoadable);
    refuse(directory.write("half.so", cutInHalf(object)), RefusalCause::NotLoadable);
    refuse(directory.write("machine.so", forAnotherMachine(object)), RefusalCause::NotLoadable);
    refuse(directory.write("pages.so", withMissingPages(object)), RefusalCause::CrashedInCheck);
    refuse(directory.plugins() / "absent.so", RefusalCause::NotAFile);

    fs::create_directory(directory.plugins() / "directory.so");
    refuse(directory.plugins() / "directory.so", RefusalCause::NotAFile);
    directory.put("good", "target.so");
    fs::create_symlink("target.so", directory.plugins() / "link.so");
    refuse(directory.plugins() / "link.so", RefusalCause::NotAFile);
    BOOST_REQUIRE(::mkfifo((directory.plugins() / "pipe.so").c_str(), 0600) == 0);
    BOOST_TEST(causeName(refusalOf(directory, directory.plugins() / "pipe.so").cause) ==
               causeName(RefusalCause::NotAFile));
}

BOOST_AUTO_TEST_CASE(what_others_could_have_written_is_refused) {
    const PluginDirectory directory;
    const auto file = directory.put("good");
    fs::permissions(file, fs::perms(0664));
    const auto by_group = refusalOf(directory, file);
    BOOST_TEST(causeName(by_group.cause) == "unsafe_permissions");
    BOOST_TEST(by_group.reason.find("chmod go-w") != std::string::npos);

    fs::permissions(file, fs::perms(0644));
    fs::permissions(directory.plugins(), fs::perms(0775));
    const auto by_directory = refusalOf(directory, file);
    BOOST_TEST(causeName(by_directory.cause) == "unsafe_permissions");
    BOOST_TEST(by_directory.reason.find(directory.plugins().filename().string()) !=
               std::string::npos);
    fs::permissions(directory.plugins(), fs::perms(0755));

    if (::geteuid() == 0) {  // only root can give a file away
        BOOST_REQUIRE(::chown(file.c_str(), 12345, -1) == 0);
        BOOST_TEST(causeName(refusalOf(directory, file).cause) == "unsafe_permissions");
    }
}

BOOST_AUTO_TEST_CASE(a_plugin_that_never_comes_back_ends_with_its_time) {
    const PluginDirectory directory;
    try {
        directory.loader(std::chrono::milliseconds(300)).load(directory.put("initialiser_hangs"));
        BOOST_FAIL("it was loaded");
    } catch (const PluginRefused& refused) {
        BOOST_TEST(causeName(refused.cause()) == "crashed_in_check");
        checkWording(refused.reason());
    }
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_not_accepted_says_why) {
    const PluginDirectory directory;
    for (const char* fixture : {"create_throws", "create_throws_int", "create_null"}) {
        try {
            makePlatform(directory, fixture);
            BOOST_FAIL(fixture << " made a platform");
        } catch (const PluginRefused& refused) {
            BOOST_TEST(causeName(refused.cause()) == "create_failed");
            checkWording(refused.reason());
            BOOST_TEST(refused.reason().find(std::string("[platform.") + fixture + "]") !=
                       std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_command_line_says_the_same) {
    const PluginDirectory directory;
    const auto good = directory.put("good").string();
    const auto bad = directory.put("wrong_abi").string();
    BOOST_TEST(directory.postato({"plugin", "check", good}).exit_code == 0);
    const auto refused = directory.postato({"plugin", "check", bad});
    BOOST_TEST(refused.exit_code != 0);
    BOOST_TEST(refused.err.starts_with("postato: " + bad + " was built for plugin ABI 4711"));
    BOOST_TEST(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);

    const auto list = directory.postato({"plugin", "list"});
    BOOST_TEST(list.exit_code == 0);
    BOOST_TEST(list.out.find("good  unconfigured") != std::string::npos);
    BOOST_TEST(list.out.find("wrong_abi  refused  " + bad + "  was built for plugin ABI 4711") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
