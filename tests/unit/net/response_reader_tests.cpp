#include "net/response_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using postato::net::ResponseReader;
using State = ResponseReader::State;

namespace {

constexpr std::size_t kLimit = 1000;

/// Everything in pieces of `piece` bytes, then an orderly end.
struct Reading {
    ResponseReader reader;
    State state = State::NeedMore;

    explicit Reading(const std::string& bytes, std::size_t piece = 1, bool to_head = false)
        : reader(to_head, kLimit) {
        for (std::size_t at = 0; at < bytes.size() && state == State::NeedMore; at += piece)
            state = reader.feed(std::string_view(bytes).substr(at, piece));
        if (state == State::NeedMore) state = reader.finish();
    }
    bool complete() const { return state == State::Complete; }
};

std::string head(const std::string& fields) { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(response_reader_tests)

struct Good {
    std::string bytes;
    std::string body;
};

std::ostream& operator<<(std::ostream& out, const Good& good) { return out << good.bytes; }

const Good kGood[] = {
    {head("Content-Length: 5\r\n") + "hello", "hello"},
    {head("content-length: 0\r\n"), ""},
    {head("Content-Length: 5\r\n") + "hello, and more", "hello"},
    {head("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n", "hello"},
    {head("Transfer-Encoding: Chunked\r\n") + "2;x=\"y\"\r\nhe\r\n03 \r\nllo\r\n000\r\n\r\n",
     "hello"},
    {head("Transfer-Encoding: chunked\r\n") + "A\r\n0123456789\r\n0\r\nX-Trailer: y\r\n\r\n",
     "0123456789"},
    {head("") + "hello", "hello"},
    {"HTTP/1.0 200 OK\r\n\r\nhello", "hello"},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
         head("Content-Length: 2\r\n") + "ok",
     "ok"},
    {"HTTP/1.1 204 No Content\r\n\r\n", ""},
};

BOOST_DATA_TEST_CASE(a_complete_answer_is_read_in_pieces_of_any_size, kGood, good) {
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 100'000u}) {
        Reading reading(good.bytes, piece);
        BOOST_REQUIRE_MESSAGE(reading.complete(), reading.reader.problem());
        BOOST_TEST(reading.reader.take().body == good.body);
    }
}

BOOST_AUTO_TEST_CASE(status_and_headers_are_handed_on) {
    Reading reading("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nX-A:  b \r\nContent-Length: 0\r\n\r\n");
    BOOST_REQUIRE(reading.complete());
    const auto response = reading.reader.take();
    BOOST_TEST(response.status == 429);
    BOOST_TEST(*postato::sdk::findHeader(response.headers, "retry-after") == "7");
    BOOST_TEST(*postato::sdk::findHeader(response.headers, "x-a") == "b");
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_has_no_body_whatever_it_says) {
    Reading reading(head("Content-Length: 5\r\n"), 1, true);
    BOOST_REQUIRE(reading.complete());
    BOOST_TEST(reading.reader.take().body.empty());
}

const std::string kBroken[] = {
    "",
    "HTTP/1.1 200 OK\r\n",
    "nonsense\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 999 Odd\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    head("Content-Length: 5\r\n") + "hell",
    head("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello",
    head("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!",
    head("Content-Length: 5, 5\r\n") + "hello",
    head("Content-Length: -5\r\n") + "hello",
    head("Content-Length: +5\r\n") + "hello",
    head("Content-Length: 0x5\r\n") + "hello",
    head("Content-Length: 5 5\r\n") + "hello",
    head("Content-Length:\r\n") + "hello",
    head("Content-Length: 99999999999999999999\r\n"),
    head("Content-Length: 1001\r\n"),
    head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
    head("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n",
    head("Transfer-Encoding: identity\r\n") + "hello",
    head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n",
    head("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n",
    head("Transfer-Encoding: chunked\r\n") + "5\r\nhell",
    head("Transfer-Encoding: chunked\r\n") + "4\r\nhello\r\n0\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "-1\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "0x5\r\nhello\r\n0\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "zz\r\n",
    head("Transfer-Encoding: chunked\r\n") + "FFFFFFFFFFFFFFFFF\r\n",
    head("Transfer-Encoding: chunked\r\n") + "1;" + std::string(300, 'x') + "\r\nx\r\n0\r\n\r\n",
    head("Transfer-Encoding: chunked\r\n") + "3E9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n",
    head("") + std::string(kLimit + 1, 'x'),
    head("X: " + std::string(40'000, 'x') + "\r\n"),
    head("Transfer-Encoding: chunked\r\n") + "0\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n",
    head("Bad Name: x\r\n"),
    head("X: a\x01"
         "b\r\n"),
};

BOOST_DATA_TEST_CASE(an_ambiguous_or_cut_answer_is_broken, kBroken, bytes) {
    for (const std::size_t piece : {1u, 5u, 100'000u}) {
        const Reading reading(bytes, piece);
        BOOST_TEST(!reading.complete());
        BOOST_TEST(!reading.reader.problem().empty());
    }
}

BOOST_AUTO_TEST_CASE(endless_interim_answers_reach_the_limit_of_heads) {
    std::string bytes;
    while (bytes.size() <= ResponseReader::kLargestHead) bytes += "HTTP/1.1 102 Processing\r\n\r\n";
    const Reading reading(bytes, 1000);
    BOOST_TEST(reading.reader.problem() == "the head is larger than 32768 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
