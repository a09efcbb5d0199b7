#pragma once

// Name/value pairs as they travel in query strings and form bodies: ordered, repeatable, and strict
// about broken escapes, so that a sloppy client is noticed instead of understood.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::sandbox {

class Parameters {
public:
    using Pair = std::pair<std::string, std::string>;

    Parameters() = default;
    Parameters(std::initializer_list<Pair> pairs) : pairs_(pairs) {}

    /// application/x-www-form-urlencoded. Absent when a percent escape is broken.
    static std::optional<Parameters> parse(std::string_view encoded);

    /// multipart/form-data, text parts only. Absent when a part is cut off or has no name.
    static std::optional<Parameters> parseMultipart(std::string_view body,
                                                    std::string_view boundary);

    void add(std::string name, std::string value);

    /// The first value of that name.
    std::optional<std::string> find(std::string_view name) const;

    /// The first value of that name, empty when there is none.
    std::string get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name).has_value(); }

    /// Every value of that name, in order.
    std::vector<std::string> all(std::string_view name) const;

    /// A name that stands there more than once (RFC 6749 3.1 forbids it), if any.
    std::optional<std::string> repeated() const;

    /// The urlencoded form; everything outside RFC 3986 "unreserved" is escaped, space is `+`.
    std::string encode() const;

    bool empty() const { return pairs_.empty(); }
    auto begin() const { return pairs_.begin(); }
    auto end() const { return pairs_.end(); }

private:
    std::vector<Pair> pairs_;
};

}  // namespace postato::sandbox
