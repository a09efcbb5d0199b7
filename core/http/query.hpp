#pragma once

/// \file
/// The parameters of a query string or of an application/x-www-form-urlencoded body.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::http {

struct QueryLimits {
    std::size_t pairs = 64;
    std::size_t name_bytes = 128;
    std::size_t value_bytes = 8192;
};

/// Decoded pairs in the order sent.
class QueryParameters {
public:
    /// Decodes each name and value exactly once ('+' is a space). Nothing when an escape is broken,
    /// a name is empty, the text decodes to U+0000 or to invalid UTF-8, or a limit is passed.
    static std::optional<QueryParameters> parse(std::string_view text,
                                                const QueryLimits& limits = {});

    /// The value of a parameter that may stand there once; nullptr when absent. Throws
    /// Error{InvalidArgument} when it is repeated or longer than `most_bytes`: which of two codes
    /// or states counts is not ours to guess.
    const std::string* unique(std::string_view name, std::size_t most_bytes = 2048) const;

    const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace postato::http
