#include "postato/oauth2/form.hpp"

namespace postato::oauth2 {
namespace {

std::string toBase64(std::string_view bytes) {
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t present = bytes.size() - i < 3 ? bytes.size() - i : 3;
        unsigned long group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < present ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= present ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return text;
}

}  // namespace

std::string percentEncode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                                c == '~';
        if (unreserved) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += kHex[byte >> 4];
            encoded += kHex[byte & 15];
        }
    }
    return encoded;
}

std::string formEncode(const Parameters& parameters) {
    std::string form;
    for (const auto& [name, value] : parameters) {
        if (!form.empty()) form += '&';
        form += percentEncode(name) + '=' + percentEncode(value);
    }
    return form;
}

std::string withQuery(const std::string& url, const Parameters& parameters) {
    if (parameters.empty()) return url;
    return url + (url.find('?') == std::string::npos ? '?' : '&') + formEncode(parameters);
}

std::string basicAuthorization(std::string_view client_id, std::string_view client_secret) {
    return "Basic " + toBase64(percentEncode(client_id) + ':' + percentEncode(client_secret));
}

const std::string* findParameter(const Parameters& parameters, std::string_view name) {
    for (const auto& parameter : parameters)
        if (parameter.first == name) return &parameter.second;
    return nullptr;
}

}  // namespace postato::oauth2
