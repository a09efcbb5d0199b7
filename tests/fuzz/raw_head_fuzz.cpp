/// \file
/// The look at a head's raw bytes: what it lets through has one reading of its lines, and each byte
/// is looked at once however they arrive.

#include <algorithm>

#include "fuzz.hpp"
#include "http/raw_head.hpp"

using postato::fuzz::require;
using postato::http::HeadLimits;
using postato::http::RawHead;

namespace {

constexpr HeadLimits kLimits{.target_bytes = 64, .head_bytes = 512, .fields = 6};

struct Verdict {
    bool refused = false;
    std::size_t size = 0;
};

Verdict scan(std::string_view bytes, std::size_t piece) {
    RawHead head(kLimits);
    for (std::size_t size = 0; size < bytes.size() && head.size() == 0;) {
        size = std::min(size + piece, bytes.size());
        const int status = head.scan(bytes.substr(0, size));
        require(status == 0 || status == 400 || status == 414 || status == 431);
        if (status != 0) return {true, 0};
    }
    return {false, head.size()};
}

/// Lines that end in CR LF and hold neither, up to an empty one.
void checkHead(std::string_view head) {
    require(head.size() <= kLimits.head_bytes && head.ends_with("\r\n"));
    std::size_t lines = 0;
    while (true) {
        const auto line = postato::fuzz::takeUntil(head, "\r\n");
        if (line.empty()) break;
        require(line.front() != ' ' && line.front() != '\t');
        require(std::none_of(line.begin(), line.end(),
                             [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }));
        ++lines;
    }
    require(head.empty() && lines <= kLimits.fields + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = postato::fuzz::textOf(data, size);
    const auto whole = scan(bytes, std::max<std::size_t>(size, 1));
    require(whole.size <= bytes.size());
    if (whole.size != 0) checkHead(bytes.substr(0, whole.size));
    for (const std::size_t piece : {1, 7}) {
        const auto cut = scan(bytes, piece);
        require(cut.refused == whole.refused && cut.size == whole.size);
    }
    return 0;
}
