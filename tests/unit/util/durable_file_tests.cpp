#include "util/durable_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "support/temporary_directory.hpp"

using namespace postato;

namespace {

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

mode_t modeOf(const std::filesystem::path& file) {
    struct stat status {};
    BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

/// The code of the failure; `what` must begin with what could not be done.
template <typename Act>
std::error_code failureOf(Act act, const std::string& problem) {
    try {
        act();
    } catch (const std::system_error& failure) {
        BOOST_TEST(std::string(failure.what()).starts_with(problem));
        return failure.code();
    }
    return {};
}

/// Stands for a disk without room: no file of this process becomes larger.
class SmallFiles {
public:
    explicit SmallFiles(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallFiles() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

private:
    void (*signal_)(int);
    rlimit before_{};
};

struct Place {
    testing::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "file";
    std::filesystem::path fresh = directory.path() / ".fresh";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(durable_file_tests, Place)

BOOST_AUTO_TEST_CASE(a_new_file_is_for_this_user_alone) {
    const auto before = ::umask(0777);
    createFile(file, "text");
    ::umask(before);
    BOOST_TEST(contentOf(file) == "text");
    BOOST_TEST(modeOf(file) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_stays) {
    createFile(file, "first");
    const auto code = failureOf([&] { createFile(file, "second"); }, "cannot be made: ");
    BOOST_TEST((code == std::errc::file_exists));
    BOOST_TEST(contentOf(file) == "first");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_whole_is_not_there) {
    const SmallFiles small(16);
    const auto code =
        failureOf([&] { createFile(file, std::string(100, 'x')); }, "cannot be written: ");
    BOOST_TEST((code == std::errc::file_too_large));
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(another_text_takes_the_place_of_the_one_that_is_there) {
    replaceFile(file, fresh, "first");
    replaceFile(file, fresh, "second");
    BOOST_TEST(contentOf(file) == "second");
    BOOST_TEST(modeOf(file) == 0600u);
    BOOST_TEST(!std::filesystem::exists(fresh));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_replaced_leaves_nothing_beside_it) {
    std::filesystem::create_directories(file / "taken");
    const auto code = failureOf([&] { replaceFile(file, fresh, "text"); }, "cannot be replaced: ");
    BOOST_TEST((code == std::errc::is_a_directory));
    BOOST_TEST(!std::filesystem::exists(fresh));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_gone_is_named_as_the_reason) {
    const auto code = failureOf([&] { syncDirectory(directory.path() / "gone"); },
                                "was changed, but its directory cannot be synchronised");
    BOOST_TEST((code == std::errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_SUITE_END()
