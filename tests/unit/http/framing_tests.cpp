#include "framing_cases.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "http/request_parser.hpp"

using namespace postato::http;
using Progress = RequestParser::Progress;

namespace {

constexpr std::size_t kBodyLimit = 1024;

/// The status that a stream of bytes, cut into pieces of `piece` bytes, ends with; 0 when a request
/// was completed, -1 when more is wanted.
int outcome(const std::string& bytes, std::size_t piece) {
    RequestParser parser;
    std::string buffer;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        buffer += bytes.substr(at, piece);
        auto progress = parser.advance(buffer);
        if (progress == Progress::HeadDone) {
            if (!parser.limitBody(kBodyLimit)) return parser.refusal();
            progress = parser.advance(buffer);
        }
        if (progress == Progress::Refused) return parser.refusal();
        if (progress == Progress::Complete) return 0;
    }
    return -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framing_tests)

BOOST_DATA_TEST_CASE(ambiguous_framing_is_refused_however_it_is_cut, testing::refusedCases(), one) {
    // What follows must not change the verdict, nor be needed for it where it cannot be.
    const auto bytes = one.bytes + "GET /marker HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()})
        BOOST_TEST(outcome(bytes, piece) == one.status);
}

BOOST_AUTO_TEST_SUITE_END()
