// Copies of data keys on a machine's disk, and what becomes of damaged ones.

#include "keys/key_copies.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "support/temporary_directory.hpp"

using namespace postato;
using namespace postato::keys;

namespace {

struct Place {
    postato::testing::TemporaryDirectory directory;
    std::filesystem::path keys = directory.path() / "keys";
    KeyCopies copies{keys};

    void write(const std::string& name, const std::string& text) {
        std::ofstream(keys / name) << text;
    }
    static mode_t modeOf(const std::filesystem::path& path) {
        struct stat status {};
        BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 0777;
    }
};

const KeyCopy kFirst{1, "kek_1.AAAA", fromMillis(1'000)};
const KeyCopy kLater{12, "kek_1.BBBB", fromMillis(2'000)};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_copies_tests)

BOOST_FIXTURE_TEST_CASE(what_is_kept_is_read_again, Place) {
    BOOST_TEST(copies.list().copies.empty());
    copies.keep(kLater);
    copies.keep(kFirst);
    const auto listing = KeyCopies(keys).list();
    BOOST_TEST(listing.problems.empty());
    BOOST_REQUIRE(listing.copies.size() == 2u);
    BOOST_TEST(listing.copies[0].id == 1u);
    BOOST_TEST(listing.copies[1].id == 12u);
    BOOST_TEST(listing.copies[1].wrapped == kLater.wrapped);
    BOOST_TEST((listing.copies[1].created_at == kLater.created_at));
}

BOOST_FIXTURE_TEST_CASE(nobody_else_may_read_them, Place) {
    copies.keep(kFirst);
    BOOST_TEST(modeOf(keys) == 0700u);
    BOOST_TEST(modeOf(keys / "1") == 0600u);
}

BOOST_FIXTURE_TEST_CASE(a_key_wrapped_anew_takes_the_place_of_the_copy, Place) {
    copies.keep(kFirst);
    write(".1-4711", "half");  // of a process that was killed
    copies.keep({1, "kek_2.CCCC", kFirst.created_at});
    const auto listing = copies.list();
    BOOST_TEST(listing.problems.empty());
    BOOST_REQUIRE(listing.copies.size() == 1u);
    BOOST_TEST(listing.copies[0].wrapped == "kek_2.CCCC");
}

BOOST_FIXTURE_TEST_CASE(a_removed_copy_is_gone, Place) {
    copies.keep(kFirst);
    copies.remove(1);
    BOOST_CHECK_NO_THROW(copies.remove(1));
    BOOST_TEST(copies.list().copies.empty());
    BOOST_TEST(!std::filesystem::exists(keys / "1"));
}

BOOST_FIXTURE_TEST_CASE(damaged_ones_are_named_and_hide_no_other, Place) {
    copies.keep(kLater);
    write("1", "{\"format\":1,\"wrapped\":\"kek");
    write("2", "{\"format\":2,\"wrapped\":\"kek_1.AAAA\",\"createdAt\":0}");
    write("0", "");
    write("notes", "");
    write("4294967296", "");
    std::filesystem::create_symlink(keys / "12", keys / "3");
    const auto listing = copies.list();
    BOOST_REQUIRE(listing.copies.size() == 1u);
    BOOST_TEST(listing.copies[0].id == 12u);
    BOOST_REQUIRE(listing.problems.size() == 6u);
    for (const auto& problem : listing.problems)
        BOOST_TEST(problem.find(keys.string()) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_written_says_where, Place) {
    std::ofstream(keys) << "a file in the place of the directory";
    BOOST_CHECK_EXCEPTION(copies.keep(kFirst), Error, [&](const Error& error) {
        return error.code() == ErrorCode::Unavailable &&
               error.message().find(keys.string()) != std::string::npos;
    });
    BOOST_TEST(copies.list().problems.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
