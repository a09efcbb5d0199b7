#include "wire/parameters.hpp"

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

std::optional<int> hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto high = hexDigit(text[i + 1]);
            const auto low = hexDigit(text[i + 2]);
            if (!high || !low) return std::nullopt;
            out += static_cast<char>(*high * 16 + *low);
            i += 2;
        }
    }
    return out;
}

/// The value of name="..." in a part's head.
std::optional<std::string> partName(std::string_view head) {
    constexpr std::string_view kMark = " name=\"";
    const auto start = head.find(kMark);
    if (start == std::string_view::npos) return std::nullopt;
    const auto from = start + kMark.size();
    const auto end = head.find('"', from);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(head.substr(from, end - from));
}

}  // namespace

std::optional<Parameters> Parameters::parse(std::string_view encoded) {
    Parameters out;
    while (!encoded.empty()) {
        const auto end = encoded.find('&');
        const auto piece = encoded.substr(0, end);
        encoded.remove_prefix(end == std::string_view::npos ? encoded.size() : end + 1);
        if (piece.empty()) continue;
        const auto equals = piece.find('=');
        auto name = decode(piece.substr(0, equals));
        auto value = decode(equals == std::string_view::npos ? std::string_view{}
                                                             : piece.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        out.add(std::move(*name), std::move(*value));
    }
    return out;
}

std::optional<Parameters> Parameters::parseMultipart(std::string_view body,
                                                     std::string_view boundary) {
    if (boundary.empty()) return std::nullopt;
    const std::string opening = "--" + std::string(boundary);
    const std::string closing = "\r\n" + opening;
    Parameters out;
    if (!body.starts_with(opening)) return std::nullopt;
    body.remove_prefix(opening.size());
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return std::nullopt;
        const auto head_end = body.find("\r\n\r\n");
        if (head_end == std::string_view::npos) return std::nullopt;
        auto name = partName(body.substr(0, head_end));
        const auto value_start = head_end + 4;
        const auto value_end = body.find(closing, value_start);
        if (!name || value_end == std::string_view::npos) return std::nullopt;
        out.add(std::move(*name), std::string(body.substr(value_start, value_end - value_start)));
        body.remove_prefix(value_end + closing.size());
    }
    return out;
}

void Parameters::add(std::string name, std::string value) {
    pairs_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string> Parameters::find(std::string_view name) const {
    for (const auto& [key, value] : pairs_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::string Parameters::get(std::string_view name) const { return find(name).value_or(""); }

std::vector<std::string> Parameters::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : pairs_) {
        if (key == name) out.push_back(value);
    }
    return out;
}

std::optional<std::string> Parameters::repeated() const {
    for (const auto& [key, value] : pairs_) {
        if (all(key).size() > 1) return key;
    }
    return std::nullopt;
}

std::string Parameters::encode() const {
    std::string out;
    for (const auto& [name, value] : pairs_) {
        if (!out.empty()) out += '&';
        out += percentEncode(name) + '=' + percentEncode(value);
    }
    return out;
}

}  // namespace postato::sandbox
