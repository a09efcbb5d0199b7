#include "http/raw_head.hpp"

#include <algorithm>

namespace postato::http {
namespace {

// "PATCH " before and " HTTP/1.1" after the target leave the line a little longer than the target.
constexpr std::size_t kRequestLineExtra = 32;

}  // namespace

int RawHead::scan(std::string_view buffer) {
    const auto scannable = std::min(buffer.size(), limits_.head_bytes);
    for (; position_ < scannable && size_ == 0; ++position_) {
        const auto byte = static_cast<unsigned char>(buffer[position_]);
        const bool after_cr = position_ > line_start_ && buffer[position_ - 1] == '\r';
        if (after_cr != (byte == '\n')) return 400;
        if (byte == '\n') {
            if (const int status = endLine(buffer, position_ - 1)) return status;
        } else if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7F) {
            return 400;
        }
    }
    return size_ == 0 ? tooLarge(buffer) : 0;
}

int RawHead::endLine(std::string_view buffer, std::size_t line_end) {
    const bool empty = line_end == line_start_;
    if (empty) {
        size_ = line_end + 2;
        return 0;
    }
    if (lines_ == 0 && line_end > mostRequestLine()) return 414;
    const char first = buffer[line_start_];
    if (first == ' ' || first == '\t') return 400;  // obs-fold, or white space before the method
    if (lines_ > limits_.fields) return 431;
    ++lines_;
    line_start_ = line_end + 2;
    return 0;
}

int RawHead::tooLarge(std::string_view buffer) const {
    if (lines_ == 0 && buffer.size() > mostRequestLine() + 1) return 414;  // 1: the CR
    return buffer.size() >= limits_.head_bytes ? 431 : 0;
}

std::size_t RawHead::mostRequestLine() const { return limits_.target_bytes + kRequestLineExtra; }

}  // namespace postato::http
