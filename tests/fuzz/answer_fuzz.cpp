/// \file
/// A platform's HTTP answer: the verdict does not depend on how it was cut, and nothing short of a
/// complete one is ever complete.

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "net/response_reader.hpp"

using postato::fuzz::require;
using postato::net::ResponseReader;
using State = ResponseReader::State;

namespace {

constexpr std::size_t kLargestBody = 2048;

struct Verdict {
    State state = State::NeedMore;
    postato::sdk::HttpResponse response;
};

Verdict read(std::string_view bytes, std::size_t piece, bool to_head) {
    ResponseReader reader(to_head, kLargestBody);
    Verdict verdict;
    while (!bytes.empty() && verdict.state == State::NeedMore) {
        verdict.state = reader.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    if (verdict.state == State::NeedMore) verdict.state = reader.finish();
    require(verdict.state != State::NeedMore);
    if (verdict.state == State::Complete) verdict.response = reader.take();
    return verdict;
}

void check(std::string_view bytes, bool to_head) {
    const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), to_head);
    if (whole.state == State::Complete) {
        require(whole.response.status >= 200 && whole.response.status <= 999);
        require(whole.response.body.size() <= kLargestBody);
        require(!to_head || whole.response.body.empty());
    }
    const auto cut = read(bytes, 1, to_head);
    // Bytes behind a complete answer are seen only when they come with it.
    if (cut.state == State::Complete && whole.state == State::Complete)
        require(cut.response.body == whole.response.body);
    if (cut.state == State::Broken) require(whole.state == State::Broken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = postato::fuzz::textOf(data, size);
    check(bytes, false);
    check(bytes, true);
    return 0;
}
