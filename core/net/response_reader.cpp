#include "net/response_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <limits>
#include <optional>

#include "util/encoding.hpp"

namespace postato::net {
namespace {

namespace beast = boost::beast;

/// A chunk's size line with its extensions, which nobody we talk to uses.
constexpr std::size_t kLongestChunkLine = 256;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

/// The number when the text is nothing else.
std::optional<std::uint64_t> wholeNumber(std::string_view digits, int base) {
    std::uint64_t number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
    if (error != std::errc{} || stop != end || digits.front() == '-') return std::nullopt;
    return number;
}

}  // namespace

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
    pending_ += bytes;
    return advance();
}

ResponseReader::State ResponseReader::finish() {
    if (advance() == State::NeedMore) {
        if (part_ == Part::ToTheEnd)
            part_ = Part::Done;
        else
            fail("the connection closed in the middle of the answer");
    }
    return advance();
}

ResponseReader::State ResponseReader::advance() {
    while (problem_.empty() && part_ != Part::Done && step()) {
    }
    if (!problem_.empty()) return State::Broken;
    return part_ == Part::Done ? State::Complete : State::NeedMore;
}

bool ResponseReader::step() {
    switch (part_) {
        case Part::Head:
            return readHead();
        case Part::Sized:
            if (moveToBody(left_) && left_ == 0) part_ = Part::Done;
            return part_ == Part::Done;
        case Part::ChunkSize:
            return readChunkSize();
        case Part::ChunkData:
            if (!moveToBody(left_) || left_ != 0) return false;
            part_ = Part::ChunkEnd;
            return true;
        case Part::ChunkEnd:
            if (pending_.size() < 2) return false;
            if (!pending_.starts_with("\r\n")) fail("a chunk is longer than it says");
            pending_.erase(0, 2);
            part_ = Part::ChunkSize;
            return true;
        case Part::Trailers:
            return readTrailers();
        case Part::ToTheEnd:
            moveToBody(pending_.size());
            return false;
        case Part::Done:
            return false;
    }
    return false;
}

bool ResponseReader::readHead() {
    const auto end = pending_.find("\r\n\r\n");
    const auto size = end == std::string::npos ? pending_.size() : end + 4;
    if (head_bytes_ + size > kLargestHead) {
        fail("the head is larger than " + std::to_string(kLargestHead) + " bytes");
        return false;
    }
    if (end == std::string::npos) return false;
    head_bytes_ += size;
    parseHead(std::string_view(pending_).substr(0, size));
    pending_.erase(0, size);
    return true;
}

void ResponseReader::parseHead(std::string_view head) {
    beast::http::response_parser<beast::http::empty_body> parser;
    parser.header_limit(kLargestHead);
    // chooseFraming decides; in Boost 1.74 every length exceeds a limit of boost::none.
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    beast::error_code error;
    parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error || !parser.is_header_done()) return fail("the head is not one of HTTP/1.1");
    const auto& message = parser.get();
    response_.status = static_cast<int>(message.result_int());
    if (response_.status < 100 || response_.status > 599) return fail("the status is not one");
    if (response_.status == 101) return fail("the protocol was switched unasked");
    if (response_.status < 200) return;  // interim: the next head follows
    for (const auto& field : message)
        response_.headers.emplace_back(text(field.name_string()), text(field.value()));
    chooseFraming(message.version() == 11);
}

void ResponseReader::chooseFraming(bool http_1_1) {
    if (to_head_ || response_.status == 204 || response_.status == 304) {
        part_ = Part::Done;
        return;
    }
    std::optional<std::string> length;
    std::optional<std::string> coding;
    for (const auto& [name, value] : response_.headers) {
        const auto lower = toLower(name);
        auto* const framing = lower == "content-length"      ? &length
                              : lower == "transfer-encoding" ? &coding
                                                             : nullptr;
        if (framing == nullptr) continue;
        if (framing->has_value()) return fail("its length is stated twice");
        *framing = value;
    }
    if (coding) {
        if (length) return fail("its length is stated in two ways");
        if (!http_1_1 || toLower(*coding) != "chunked")
            return fail("its transfer coding is not one we asked for");
        part_ = Part::ChunkSize;
    } else if (length) {
        const auto size = length->empty() ? std::nullopt : wholeNumber(*length, 10);
        if (!size) return fail("its length is not a number");
        if (*size > largest_body_) return fail("it is larger than allowed");
        left_ = *size;
        part_ = Part::Sized;
    } else {
        part_ = Part::ToTheEnd;
    }
}

/// Takes up to `count` bytes over. False when the body has become too large.
bool ResponseReader::moveToBody(std::size_t count) {
    count = std::min(count, pending_.size());
    if (count > largest_body_ - response_.body.size()) {
        fail("it is larger than allowed");
        return false;
    }
    response_.body.append(pending_, 0, count);
    pending_.erase(0, count);
    left_ -= std::min<std::uint64_t>(left_, count);
    return true;
}

bool ResponseReader::readChunkSize() {
    const auto whole = line(kLongestChunkLine);
    if (whole.empty()) return false;
    auto digits = whole.substr(0, whole.find_first_of(";\r"));
    while (digits.ends_with(' ') || digits.ends_with('\t')) digits.remove_suffix(1);
    const auto size = digits.empty() ? std::nullopt : wholeNumber(digits, 16);
    if (!size) {
        fail("a chunk has no size");
        return false;
    }
    pending_.erase(0, whole.size());
    left_ = *size;
    part_ = *size == 0 ? Part::Trailers : Part::ChunkData;
    return true;
}

bool ResponseReader::readTrailers() {
    const auto whole = line(kLargestHead - head_bytes_);
    if (whole.empty()) return false;
    head_bytes_ += whole.size();
    const bool last = whole == "\r\n";
    pending_.erase(0, whole.size());  // what trailers say is of no use to anybody here
    if (last) part_ = Part::Done;
    return !last;
}

std::string_view ResponseReader::line(std::size_t most) {
    const auto end = pending_.find("\r\n");
    const auto size = end == std::string::npos ? pending_.size() : end + 2;
    if (size > most) {
        fail("a line is too long");
        return {};
    }
    return end == std::string::npos ? std::string_view{}
                                    : std::string_view(pending_).substr(0, size);
}

void ResponseReader::fail(std::string problem) { problem_ = std::move(problem); }

}  // namespace postato::net
