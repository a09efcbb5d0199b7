#include "util/ids.hpp"

#include <array>

namespace postato {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kUlidLength = 26;

}  // namespace

std::string makeUlid(TimePoint now, Random& random) {
    std::string text(kUlidLength, '0');
    auto time = static_cast<std::uint64_t>(toMillis(now));
    for (int i = 9; i >= 0; --i, time >>= 5)
        text[static_cast<std::size_t>(i)] = kAlphabet[time & 31];
    std::array<std::uint8_t, 16> raw{};  // one byte a character: 5 bits of each are used
    random.fill(raw);
    for (std::size_t i = 0; i < raw.size(); ++i) text[10 + i] = kAlphabet[raw[i] & 31];
    return text;
}

bool isUlid(std::string_view text) {
    if (text.size() != kUlidLength || text[0] > '7') return false;
    return text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace postato
