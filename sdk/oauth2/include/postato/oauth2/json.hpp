#pragma once

/// \file
/// A platform's JSON answer, as plugins look at it. The parser behind it stays inside the library.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace postato::oauth2 {

/// Why an answer is not usable as JSON.
enum class JsonProblem {
    Malformed = 1,  ///< not JSON at all: empty, HTML, cut off, not UTF-8
    Refused         ///< JSON that nobody should send: a name twice, U+0000, too deep, too big
};

/// An immutable view into a parsed answer; cheap to copy, and shares ownership of the whole. Asking
/// a value for what it does not have gives null or nothing, so lookups chain without checks:
/// `body.get("data").get("user").get("open_id").text()`.
///
/// Numbers are kept as written: an id of 64 bits and more comes back with every digit. Text is
/// wiped when the last view ends, since answers carry tokens. Thread-safe for reading.
class Json {
public:
    Json() = default;  ///< null

    /// At most 1 MiB, 32 levels and 20 000 values.
    static std::variant<Json, JsonProblem> parse(std::string_view text);

    bool isNull() const noexcept;
    bool isObject() const noexcept;
    bool isArray() const noexcept;
    bool isString() const noexcept;

    Json get(std::string_view name) const;  ///< a member, or null
    Json at(std::size_t index) const;       ///< an element, or null
    std::size_t size() const noexcept;      ///< elements or members; 0 for anything else

    /// A string's text or a number's digits as sent; empty for anything else.
    std::string text() const;
    /// An integer, or a string of one; a fraction is cut, a value out of range becomes the nearest
    /// one that fits.
    std::optional<std::int64_t> integer() const;
    /// A boolean that is true.
    bool isTrue() const noexcept;

private:
    struct Node;
    class Builder;
    explicit Json(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

    std::shared_ptr<const Node> node_;
};

}  // namespace postato::oauth2
