#include "http/query.hpp"

#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato::http {
namespace {

std::optional<std::string> decoded(std::string_view text, std::size_t most_bytes) {
    auto plain = percentDecode(text, true);
    if (!plain || plain->size() > most_bytes || !isStorableText(*plain)) return std::nullopt;
    return plain;
}

}  // namespace

std::optional<QueryParameters> QueryParameters::parse(std::string_view text,
                                                      const QueryLimits& limits) {
    QueryParameters parameters;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto piece = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (piece.empty()) continue;  // "a=1&&b=2": browsers drop the empty piece as well
        const auto equals = piece.find('=');
        const auto raw_value =
            equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
        auto name = decoded(piece.substr(0, equals), limits.name_bytes);
        auto value = decoded(raw_value, limits.value_bytes);
        if (!name || name->empty() || !value) return std::nullopt;
        if (parameters.pairs_.size() == limits.pairs) return std::nullopt;
        parameters.pairs_.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

const std::string* QueryParameters::unique(std::string_view name, std::size_t most_bytes) const {
    const std::string* found = nullptr;
    for (const auto& [pair_name, value] : pairs_) {
        if (pair_name != name) continue;
        if (found != nullptr) throw invalidField(std::string(name), "Must be given once");
        if (value.size() > most_bytes) throw invalidField(std::string(name), "Too long");
        found = &value;
    }
    return found;
}

}  // namespace postato::http
