#pragma once

/// \file
/// The look at a request head's raw bytes, before any grammar: is it complete, is it too large, and
/// does it hold a line ending that two readers could see differently?

#include <cstddef>
#include <string_view>

namespace postato::http {

struct HeadLimits {
    std::size_t target_bytes = 8 * 1024;  ///< more: 414
    std::size_t head_bytes = 32 * 1024;   ///< request line to empty line, inclusive; more: 431
    std::size_t fields = 100;             ///< more: 431
};

/// Scans a growing buffer, each byte once.
class RawHead {
public:
    explicit RawHead(const HeadLimits& limits) : limits_(limits) {}

    /// `buffer` begins where the head begins and has grown since the last call. Returns 0 or the
    /// status to refuse with: 400 for a bare CR, a bare LF, a folded line (RFC 9112 5.2) or any
    /// other control character, 414 and 431 for the limits.
    int scan(std::string_view buffer);

    /// The size of the head once its empty line has been seen, else 0.
    std::size_t size() const { return size_; }

private:
    int endLine(std::string_view buffer, std::size_t line_end);
    int tooLarge(std::string_view buffer) const;
    std::size_t mostRequestLine() const;

    HeadLimits limits_;
    std::size_t position_ = 0;
    std::size_t line_start_ = 0;
    std::size_t lines_ = 0;  ///< complete lines so far, the request line included
    std::size_t size_ = 0;
};

}  // namespace postato::http
