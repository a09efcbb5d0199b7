#include "journal/journal_clients.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <deque>

#include "journal_world.hpp"

using namespace postato;
using namespace postato::journal;
using namespace postato::journal::testing;
using Part = Part;

namespace {

/// Gives prepared answers.
class Network final : public sdk::HttpClient {
public:
    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest&) override {
        auto next = answers.front();
        answers.pop_front();
        return next;
    }
    std::deque<sdk::Result<sdk::HttpResponse>> answers;
};

sdk::HttpRequest requestTo(const std::string& url, const std::string& method = "POST") {
    sdk::HttpRequest request;
    request.method = method;
    request.url = url;
    return request;
}

sdk::HttpResponse responseOf(int status, const std::string& body) { return {status, {}, body}; }

struct Clients : JournalWorld {
    ~Clients() { ::close(descriptor); }

    int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    FakeClock clock;
    Logger log{clock, descriptor};
    AnswerJournal answers = journal();
    Network network;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_clients_tests, Clients)

BOOST_AUTO_TEST_CASE(a_success_is_on_disk_before_the_plugin_sees_it) {
    auto entry = answers.begin(refreshOf("acc_1"));
    network.answers.emplace_back(responseOf(200, "tokens"));
    RecordingClient client(network, entry, clock, log);
    const auto result = client.send(requestTo("https://chirper.example/token?client_secret=s"));
    BOOST_TEST(result.value().body == "tokens");
    BOOST_TEST(!entry.empty());
    const auto text = content(answers.list(Part::Open).front());
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(refusals_and_lost_answers_are_not_kept) {
    auto entry = answers.begin(refreshOf("acc_1"));
    network.answers.emplace_back(responseOf(400, "invalid_grant"));
    network.answers.emplace_back(sdk::PlatformError{sdk::ErrorKind::Ambiguous, "", "", {}, {}});
    RecordingClient client(network, entry, clock, log);
    BOOST_TEST(client.send(requestTo("https://chirper.example/token")).value().status == 400);
    BOOST_TEST(!client.send(requestTo("https://chirper.example/token")).ok());
    BOOST_TEST(entry.empty());
}

BOOST_AUTO_TEST_CASE(a_replay_gives_what_was_recorded_to_the_same_requests_only) {
    {
        auto entry = answers.begin(refreshOf("acc_1"));
        RecordingClient client(network, entry, clock, log);
        for (const auto* body : {"short", "long"}) {
            network.answers.emplace_back(responseOf(200, body));
            client.send(requestTo(std::string("https://chirper.example/") + body + "?secret=x"));
        }
    }
    const auto entry = answers.resume(answers.list(Part::Open).front());
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST((entry->answers().front().received_at == clock.now()));

    ReplayingClient replay(*entry);
    BOOST_TEST(replay.send(requestTo("https://chirper.example/long")).error().code ==
               "not_recorded");
    BOOST_TEST(!replay.send(requestTo("https://chirper.example/short", "GET")).ok());
    BOOST_TEST(replay.send(requestTo("https://chirper.example/short?secret=y")).value().body ==
               "short");
    BOOST_TEST(replay.send(requestTo("https://chirper.example/long")).value().body == "long");
    BOOST_TEST(!replay.send(requestTo("https://chirper.example/long")).ok());
}

BOOST_AUTO_TEST_SUITE_END()
