#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/key_ring_file.hpp"
#include "crypto/system_random.hpp"
#include "util/error.hpp"

using namespace postato;
namespace fs = std::filesystem;

namespace {

/// A directory of its own for each case, with a new ring in it.
struct Files {
    fs::path directory = makeDirectory();
    fs::path ring = directory / "keyring.json";
    crypto::SystemRandom random;
    std::string id = make(ring);

    ~Files() { fs::remove_all(directory); }

    std::string make(const fs::path& file) {
        const auto made = crypto::KeyRing::make(fromMillis(1'790'000'000'000), random);
        crypto::createKeyRingFile(file, made);
        return made.id();
    }

    static fs::path makeDirectory() {
        auto name = (fs::temp_directory_path() / "postato-key-ring-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        return name;
    }
};

std::string read(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// What load() says, without the name of the file.
std::string refusal(const fs::path& file) {
    try {
        crypto::KeyRing::load(file);
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::InvalidArgument));
        const std::string start = "The key ring " + file.string() + " ";
        BOOST_TEST(error.message().starts_with(start));
        return error.message().substr(start.size());
    }
    return "accepted";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_ring_file_tests, Files)

BOOST_AUTO_TEST_CASE(a_new_ring_is_private_and_loads) {
    struct stat status {};
    BOOST_REQUIRE(stat(ring.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0600u);
    const auto loaded = crypto::KeyRing::load(ring);
    BOOST_TEST(loaded.id() == id);
    BOOST_TEST(loaded.activeKeyId().starts_with("kek_"));
}

BOOST_AUTO_TEST_CASE(an_existing_file_is_never_overwritten) {
    const auto before = read(ring);
    BOOST_CHECK_EXCEPTION(make(ring), Error, [](const Error& error) {
        return error.message().ends_with("exists already and is left as it is");
    });
    BOOST_TEST(read(ring) == before);

    const auto link = directory / "link.json";
    fs::create_symlink(directory / "elsewhere.json", link);
    BOOST_CHECK_THROW(make(link), Error);
    BOOST_TEST(!fs::exists(directory / "elsewhere.json"));
}

BOOST_AUTO_TEST_CASE(a_missing_ring_names_the_command_that_makes_one) {
    BOOST_TEST(refusal(directory / "none.json") ==
               "does not exist; make one with: postato key init");
}

BOOST_AUTO_TEST_CASE(bits_for_others_are_refused) {
    for (const mode_t mode : {0640, 0604, 0660, 0602, 0610}) {
        BOOST_REQUIRE(chmod(ring.c_str(), mode) == 0);
        BOOST_TEST(refusal(ring) == "can be used by other users; run chmod 600 on it");
    }
    BOOST_REQUIRE(chmod(ring.c_str(), 0400) == 0);
    BOOST_TEST(refusal(ring) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_link_is_refused) {
    const auto link = directory / "link.json";
    fs::create_symlink(ring, link);
    BOOST_TEST(refusal(link) == "is a symbolic link; name the file itself");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_file_is_refused_and_not_waited_for) {
    BOOST_TEST(refusal(directory) == "is not a regular file");
    const auto pipe = directory / "pipe";
    BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    BOOST_TEST(refusal(pipe) == "is not a regular file");
}

BOOST_AUTO_TEST_CASE(a_directory_open_to_others_is_refused) {
    const std::string expected =
        "is in a directory that other users can write to; take that right away";
    for (const mode_t mode : {0770, 0702}) {
        BOOST_REQUIRE(chmod(directory.c_str(), mode) == 0);
        BOOST_TEST(refusal(ring) == expected);
        BOOST_CHECK_THROW(make(directory / "b.json"), Error);
    }
    BOOST_REQUIRE(chmod(directory.c_str(), 01777) == 0);
    BOOST_TEST(refusal(ring) == "accepted");
}

BOOST_AUTO_TEST_CASE(another_owner_is_refused) {
    if (geteuid() != 0) {
        BOOST_TEST_MESSAGE("skipped: only root can give a file away");
        return;
    }
    BOOST_REQUIRE(chown(ring.c_str(), 65534, 65534) == 0);
    BOOST_TEST(refusal(ring) == "does not belong to the user this program runs as");
}

BOOST_AUTO_TEST_CASE(a_directory_of_another_user_is_refused) {
    if (geteuid() != 0) {
        BOOST_TEST_MESSAGE("skipped: only root can give a directory away");
        return;
    }
    BOOST_REQUIRE(chown(directory.c_str(), 65534, 65534) == 0);
    BOOST_TEST(refusal(ring) ==
               "is in a directory of another user, who could replace it or take it away");
    BOOST_CHECK_THROW(make(directory / "b.json"), Error);
}

BOOST_AUTO_TEST_CASE(a_huge_file_is_refused) {
    fs::resize_file(ring, 64 * 1024 + 1);
    BOOST_TEST(refusal(ring) == "is too large to be a key ring");
}

BOOST_AUTO_TEST_CASE(an_added_key_wraps_nothing_until_it_is_activated) {
    crypto::KeyRingFile file(ring);
    const auto first = file.ring().activeKeyId();
    const auto second = file.ring().addKey(fromMillis(1'790'000'000'001), random);
    file.save();
    auto read_again = crypto::KeyRing::load(ring);
    BOOST_TEST(read_again.id() == id);
    BOOST_TEST(read_again.activeKeyId() == first);
    BOOST_TEST((read_again.keyIds() == std::vector<std::string>{first, second}));

    const auto data_key = crypto::KeyBytes::random(random);
    const auto wrapped = read_again.wrap("ins", 1, data_key, random);
    read_again.activate(second);
    const auto wrapped_anew = read_again.wrap("ins", 1, data_key, random);
    BOOST_TEST(crypto::KeyRing::wrappingKeyOf(wrapped) == first);
    BOOST_TEST(crypto::KeyRing::wrappingKeyOf(wrapped_anew) == second);
    BOOST_CHECK_THROW(read_again.removeKey(second), Error);
    file.ring().activate(second);
    file.ring().removeKey(first);
    file.save();
    const auto last = crypto::KeyRing::load(ring);
    BOOST_TEST(!last.unwrap("ins", 1, wrapped).has_value());
    BOOST_TEST((last.unwrap("ins", 1, wrapped_anew)->view() == data_key.view()));
}

BOOST_AUTO_TEST_CASE(a_saved_ring_is_as_private_as_a_new_one) {
    crypto::KeyRingFile file(ring);
    const auto before = crypto::KeyRing::load(ring).keyIds();
    file.ring().addKey(fromMillis(1'790'000'000'001), random);
    std::ofstream(directory / "keyring.json.new") << "of somebody who took no lock";
    BOOST_CHECK_THROW(file.save(), Error);
    BOOST_TEST((crypto::KeyRing::load(ring).keyIds() == before));
    fs::remove(directory / "keyring.json.new");
    file.save();
    BOOST_TEST(refusal(ring) == "accepted");
    BOOST_TEST(!fs::exists(directory / "keyring.json.new"));
    BOOST_TEST(crypto::KeyRing::load(ring).keyIds().size() == 2u);
}

BOOST_AUTO_TEST_CASE(one_command_at_a_time_changes_a_ring) {
    const auto second = [&] { crypto::KeyRingFile(ring).save(); };
    std::string added;
    {
        crypto::KeyRingFile first(ring);
        added = first.ring().addKey(fromMillis(1'790'000'000'001), random);
        const auto is_named = [](const Error& error) {
            return error.message().ends_with(
                "is being changed by another command; try again when that has ended");
        };
        BOOST_CHECK_EXCEPTION(second(), Error, is_named);
        BOOST_TEST(!crypto::KeyRing::load(ring).holds(added));
        first.save();
        BOOST_CHECK_EXCEPTION(second(), Error, is_named);
    }
    second();
    BOOST_TEST(crypto::KeyRing::load(ring).holds(added));
}

BOOST_AUTO_TEST_CASE(what_a_killed_command_left_is_cleared_away) {
    std::ofstream(directory / "keyring.json.new") << "half a ring";
    crypto::KeyRingFile held(ring);
    BOOST_TEST(!fs::exists(directory / "keyring.json.new"));
    held.save();
    BOOST_TEST(refusal(ring) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_ring_that_another_hand_changed_is_not_written_over) {
    crypto::KeyRingFile held(ring);
    held.ring().addKey(fromMillis(1'790'000'000'001), random);
    fs::remove(ring);
    const auto other = make(ring);
    BOOST_CHECK_EXCEPTION(held.save(), Error, [](const Error& error) {
        return error.message().ends_with(
            "was changed by somebody else meanwhile; nothing was written, try again");
    });
    BOOST_TEST(crypto::KeyRing::load(ring).id() == other);
    BOOST_TEST(!fs::exists(directory / "keyring.json.new"));
}

BOOST_AUTO_TEST_SUITE_END()
