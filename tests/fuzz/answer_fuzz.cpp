/// \file
/// A platform's HTTP answer: the verdict does not depend on how it was cut, and nothing short of a
/// complete one is ever complete (OUT-04).

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "net/response_reader.hpp"

using postato::fuzz::require;
using postato::net::ResponseReader;
using State = ResponseReader::State;

namespace {

constexpr std::size_t kLargestBody = 512;

struct Verdict {
    State state = State::NeedMore;
    std::size_t used = 0;  ///< bytes fed until the verdict, the end of the connection aside
    bool by_the_end = false;
    postato::sdk::HttpResponse response;
};

Verdict read(std::string_view bytes, std::size_t piece, bool to_head) {
    ResponseReader reader(to_head, kLargestBody);
    Verdict verdict;
    while (verdict.used < bytes.size() && verdict.state == State::NeedMore) {
        const auto next = bytes.substr(verdict.used, piece);
        verdict.state = reader.feed(next);
        verdict.used += next.size();
    }
    verdict.by_the_end = verdict.state == State::NeedMore;
    if (verdict.by_the_end) verdict.state = reader.finish();
    require(verdict.state != State::NeedMore);
    require((verdict.state == State::Broken) == !reader.problem().empty());
    if (verdict.state == State::Complete) verdict.response = reader.take();
    return verdict;
}

void checkComplete(const Verdict& verdict, std::string_view bytes, bool to_head) {
    const auto& response = verdict.response;
    require(response.status >= 200 && response.status <= 599);
    require(response.body.size() <= kLargestBody && (!to_head || response.body.empty()));
    require(response.status != 204 || response.body.empty());
    const auto* length = postato::sdk::findHeader(response.headers, "Content-Length");
    const auto* coding = postato::sdk::findHeader(response.headers, "Transfer-Encoding");
    if (to_head || response.status == 204 || response.status == 304) return;
    require(length == nullptr || coding == nullptr);
    if (length != nullptr)
        require(std::to_string(response.body.size()) ==
                length->substr(std::min(length->find_first_not_of('0'), length->size() - 1)));
    if (coding == nullptr) require(bytes.substr(0, verdict.used).ends_with(response.body));
    require(verdict.by_the_end == (length == nullptr && coding == nullptr));
}

void check(std::string_view bytes, bool to_head) {
    const auto single = read(bytes, 1, to_head);
    const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), to_head);
    // Bytes behind a complete answer are seen only when they come with it.
    if (single.state == State::Broken) require(whole.state == State::Broken);
    if (single.state != State::Complete) return;
    checkComplete(single, bytes, to_head);
    if (whole.state == State::Complete) require(single.response.body == whole.response.body);

    // One that ends by itself, cut off anywhere, is broken.
    if (single.by_the_end) return;
    for (std::size_t missing = 1; missing <= single.used; missing = missing * 2 + 1)
        require(read(bytes.substr(0, single.used - missing), 64, to_head).state == State::Broken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = postato::fuzz::textOf(data, size);
    check(bytes, false);
    check(bytes, true);
    return 0;
}
