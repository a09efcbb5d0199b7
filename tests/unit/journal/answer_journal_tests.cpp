#include "journal/answer_journal.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "journal/journal_inspection.hpp"
#include "journal_world.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::journal;
using namespace postato::journal::testing;
using Part = Part;
namespace fs = std::filesystem;

namespace {

constexpr char kToken[] = R"({"access_token":"canary-access","refresh_token":"canary-refresh"})";

void overwrite(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

bool opens(JournalWorld& world, const fs::path& file) {
    try {
        return world.journal().resume(file).has_value();
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::DecryptFailed));
        world.journal().setAside(file);
        return false;
    }
}

/// Leaves an entry with one answer in `open`, as a killed process does.
fs::path leaveAnswer(JournalWorld& world, const Call& call) {
    auto journal = world.journal();
    auto entry = journal.begin(call);
    entry.record(JournalWorld::answer(kToken));
    return journal.list(Part::Open).front();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(answer_journal_tests, JournalWorld)

BOOST_AUTO_TEST_CASE(an_answer_is_there_for_whoever_comes_next) {
    const auto file = leaveAnswer(*this, refreshOf("acc_1"));
    auto entry = journal().resume(file);
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST((entry->call().operation == Operation::Refresh));
    BOOST_TEST(entry->call().workspace == "wks_1");
    BOOST_TEST(entry->call().platform == "chirper");
    BOOST_TEST(entry->call().subject == "acc_1");
    BOOST_TEST(entry->call().attempt == "att_1");
    BOOST_TEST(entry->call().generation == 3);
    BOOST_REQUIRE(entry->answers().size() == 1u);
    const auto& answer = entry->answers().front();
    BOOST_TEST(toMillis(answer.received_at) == 1'790'000'000'123);
    BOOST_TEST(answer.method == "POST");
    BOOST_TEST(answer.address == "https://chirper.example/token");
    BOOST_TEST(answer.response.status == 200);
    BOOST_TEST(answer.response.body == kToken);
    BOOST_TEST(*sdk::findHeader(answer.response.headers, "content-type") == "application/json");
}

BOOST_AUTO_TEST_CASE(several_answers_keep_their_order_and_their_bytes) {
    const std::string bytes("\x00\xff\xfe{\n", 5);
    {
        auto journal = this->journal();
        auto entry = journal.begin(refreshOf("acc_1"));
        entry.record(answer("first"));
        entry.record(answer(bytes));
    }
    auto entry = journal().resume(journal().list(Part::Open).front());
    BOOST_REQUIRE(entry && entry->answers().size() == 2u);
    BOOST_TEST(entry->answers()[0].response.body == "first");
    BOOST_TEST(entry->answers()[1].response.body == bytes);
}

BOOST_AUTO_TEST_CASE(a_process_killed_at_work_leaves_its_answer_and_its_lock) {
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        auto journal = this->journal();
        auto entry = journal.begin(refreshOf("acc_1"));
        entry.record(answer(kToken));
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(WIFSIGNALED(status));
    BOOST_TEST(opens(*this, journal().list(Part::Open).front()));
}

BOOST_AUTO_TEST_CASE(what_somebody_works_on_is_left_to_him) {
    auto mine = journal();
    auto entry = mine.begin(refreshOf("acc_1"));
    entry.record(answer(kToken));
    auto theirs = journal();
    BOOST_REQUIRE(theirs.list(Part::Open).size() == 1u);
    BOOST_TEST(!theirs.resume(theirs.list(Part::Open).front()).has_value());
    BOOST_TEST(theirs.concerns("acc_1"));
    BOOST_TEST(!theirs.concerns("acc_"));
    entry.settle();
    BOOST_TEST(!theirs.concerns("acc_1"));
    BOOST_TEST(count(Part::Settled) == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_without_an_answer_leaves_nothing) {
    {
        auto journal = this->journal();
        auto entry = journal.begin(refreshOf("acc_1"));
    }
    BOOST_TEST(count(Part::Open) == 0u);
    {
        auto journal = this->journal();
        auto entry = journal.begin(refreshOf("acc_1"));
        entry.settle();
    }
    BOOST_TEST(count(Part::Settled) == 0u);

    const auto file = leaveAnswer(*this, refreshOf("acc_1"));
    const auto text = content(file);
    overwrite(file, text.substr(0, text.find('\n') + 1));  // killed before the answer came
    BOOST_TEST(!journal().resume(file).has_value());
    BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(an_answer_cut_anywhere_is_no_answer) {
    const auto file = leaveAnswer(*this, refreshOf("acc_1"));
    const auto text = content(file);
    const auto head = text.find('\n') + 1;
    for (std::size_t length = 0; length < text.size(); length += length < head ? 1 : 17) {
        overwrite(file, text.substr(0, length));
        BOOST_TEST(!opens(*this, file));
        BOOST_TEST(count(Part::Unread) == 0u);
    }
}

BOOST_AUTO_TEST_CASE(an_altered_file_is_set_aside_and_never_believed) {
    const auto file = leaveAnswer(*this, refreshOf("acc_1"));
    const auto text = content(file);
    for (const auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
             {"acc_1", "acc_2"},
             {"wks_1", "wks_2"},
             {"\"generation\":3", "\"generation\":4"},
             {"refresh", "exchange"},
             {"chirper", "squeaker"},
             {"\"format\":1", "\"format\":2"}}) {
        auto altered = text;
        altered.replace(altered.find(from), from.size(), to);
        overwrite(file, altered);
        BOOST_TEST(!opens(*this, file), from);
        BOOST_TEST(!fs::exists(file));
        BOOST_TEST(count(Part::Unread) == 1u);
    }
    for (std::size_t i = text.find('\n') + 1; i + 1 < text.size(); i += 13) {
        auto altered = text;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        overwrite(file, altered);
        BOOST_TEST(!opens(*this, file));
    }
}

BOOST_AUTO_TEST_CASE(nothing_secret_is_readable_in_the_file) {
    const auto text = content(leaveAnswer(*this, refreshOf("acc_1")));
    BOOST_TEST(text.find("canary") == std::string::npos);
    BOOST_TEST(text.find("chirper.example") == std::string::npos);
    struct stat status {};
    BOOST_REQUIRE(::stat(journal().list(Part::Open).front().c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600u);
    BOOST_REQUIRE(::stat((directory).c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0700u);
}

BOOST_AUTO_TEST_CASE(another_installation_cannot_read_it) {
    const auto file = leaveAnswer(*this, refreshOf("acc_1"));
    const crypto::TokenCipher other("ins_2", keys, random);
    AnswerJournal elsewhere(directory, other);
    BOOST_CHECK_THROW(elsewhere.resume(file), Error);
}

BOOST_AUTO_TEST_CASE(an_unread_entry_knows_which_plugin_gave_up) {
    auto journal = this->journal();
    auto entry = journal.begin(refreshOf("acc_1"));
    entry.record(answer(kToken));
    entry.setAside("1.2.0/beta");
    BOOST_REQUIRE(count(Part::Unread) == 1u);
    auto again = journal.resume(journal.list(Part::Unread).front());
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->wasSetAsideBy("1.2.0/beta"));
    BOOST_TEST(!again->wasSetAsideBy("1.2.1"));
    BOOST_TEST(again->answers().front().response.body == kToken);
    again->settle();
    BOOST_TEST(count(Part::Unread) == 0u);
    BOOST_TEST(count(Part::Settled) == 1u);
}

BOOST_AUTO_TEST_CASE(a_journal_can_be_counted_without_a_key) {
    BOOST_TEST(takeStock(directory).open == 0u);  // there is none yet
    BOOST_TEST(!fs::exists(directory));
    auto journal = this->journal();
    auto open = journal.begin(refreshOf("acc_1", "att_1"));
    for (const auto* attempt : {"att_2", "att_3"}) {
        auto entry = journal.begin(refreshOf("acc_1", attempt));
        entry.record(answer(kToken));
        entry.settle();
    }
    auto entry = journal.begin(refreshOf("acc_1", "att_4"));
    entry.record(answer(kToken));
    entry.setAside("1");
    const auto stock = takeStock(directory);
    BOOST_TEST(stock.open == 1u);
    BOOST_TEST(stock.settled == 2u);
    BOOST_TEST(stock.unread == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_settled_is_forgotten_in_time_or_at_once) {
    auto journal = this->journal();
    for (const auto* account : {"acc_1", "acc_2"}) {
        auto entry = journal.begin(refreshOf(account));
        entry.record(answer(kToken));
        entry.settle();
    }
    journal.forget("acc_1");
    BOOST_TEST(count(Part::Settled) == 1u);
    journal.sweep(std::chrono::hours(1));
    BOOST_REQUIRE(count(Part::Settled) == 1u);
    const auto file = journal.list(Part::Settled).front();
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::hours(2));
    journal.sweep(std::chrono::hours(1));
    BOOST_TEST(count(Part::Settled) == 0u);
}

BOOST_AUTO_TEST_CASE(the_keys_of_all_answers_are_found) {
    auto journal = this->journal();
    auto open = journal.begin(refreshOf("acc_1"));
    open.record(answer(kToken));
    keys.add(2, 'b');
    open.record(answer(kToken));
    keys.add(3, 'c');
    auto settled = journal.begin(refreshOf("acc_2"));
    settled.record(answer(kToken));
    settled.settle();
    BOOST_TEST((journal.keysInUse() == std::set<std::uint32_t>{1, 2, 3}));
    const auto seals = checkSeals(directory, cipher);
    BOOST_TEST(seals.opened == 2u);
    BOOST_TEST(seals.failures.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_no_empty_file) {
    auto journal = this->journal();
    fs::create_directory(directory / "settled" / "acc_1.att_1");  // opens, and gives an error
    BOOST_CHECK_EXCEPTION(journal.keysInUse(), Error, [](const Error& error) {
        return error.code() == ErrorCode::Unavailable &&
               error.message().find("acc_1.att_1") != std::string::npos;
    });
    const auto seals = checkSeals(directory, cipher);
    BOOST_TEST(seals.failures == std::vector<std::string>{"acc_1.att_1"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_disk_that_refuses_is_noticed_before_the_call) {
    auto journal = this->journal();
    BOOST_TEST(journal.writable());
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit none{0, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
    const bool writable = journal.writable();
    std::string message;
    try {
        journal.begin(refreshOf("acc_1"));
    } catch (const Error& error) {
        message = error.message();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    BOOST_TEST(!writable);
    BOOST_TEST(message.find("cannot be written") != std::string::npos);
    BOOST_TEST(message.find("acc_1") != std::string::npos);
    BOOST_TEST(fs::is_empty(directory / "open"));
    BOOST_TEST(journal.writable());
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_sealed_no_call_is_begun) {
    auto journal = this->journal();
    keys.deactivate();
    BOOST_TEST(!journal.writable());
    BOOST_CHECK_EXCEPTION(journal.begin(refreshOf("acc_1")), Error, [](const Error& error) {
        return error.code() == ErrorCode::Unavailable;
    });
    BOOST_TEST(fs::is_empty(directory / "open"));
}

BOOST_AUTO_TEST_CASE(a_directory_open_to_others_is_refused) {
    fs::create_directory(directory);
    fs::permissions(directory, fs::perms(0755));
    BOOST_CHECK_THROW(journal(), Error);
}

// Somebody else's directory, or a disk that fails: not "nothing there".
BOOST_AUTO_TEST_CASE(a_journal_that_cannot_be_looked_at_is_not_empty) {
    JournalWorld world;
    const auto place = world.place.path() / "loop";
    std::filesystem::create_symlink(place, place);
    const auto names_it = [&](const Error& error) {
        return error.code() == ErrorCode::Unavailable &&
               error.message().find(place.string()) != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(takeStock(place), Error, names_it);
    BOOST_CHECK_EXCEPTION(checkSeals(place, world.cipher), Error, names_it);
    const auto nothing = world.place.path() / "nothing";
    BOOST_TEST(takeStock(nothing).open == 0u);
    BOOST_TEST(checkSeals(nothing, world.cipher).opened == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
