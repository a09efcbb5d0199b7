/// \file
/// Text as an identifier: of one kind only, in one spelling only; and ids made of any time and any
/// random bytes are ids.

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "util/ids.hpp"

using namespace postato;
using fuzz::require;

namespace {

/// Hands out the input, over and over.
class GivenBytes final : public Random {
public:
    explicit GivenBytes(std::string_view bytes) : bytes_(bytes) {}
    void fill(std::span<std::uint8_t> out) override {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = bytes_.empty() ? 0 : static_cast<std::uint8_t>(bytes_[i % bytes_.size()]);
    }

private:
    std::string_view bytes_;
};

template <class... Ids>
int kindsOf(std::string_view text) {
    const auto one = [&](const auto& id) {
        if (id) require(id->str() == text);
        return id ? 1 : 0;
    };
    return (one(Ids::parse(text)) + ...);
}

bool looksRight(std::string_view text) {
    return text.size() == 30 && text[3] == '_' && text[4] <= '7' &&
           std::all_of(text.begin() + 4, text.end(), [](char c) {
               return (c >= '0' && c <= '9') ||
                      (c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U');
           });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    const int kinds = kindsOf<WorkspaceId, AccountId, UserId, ApiKeyId, EventId, ConnectionId,
                              ConnectLinkId, RevocationId, AttemptId, InstallationId>(text);
    require(kinds <= 1 && (kinds == 0 || looksRight(text)));

    GivenBytes random(text);
    constexpr std::int64_t kMonth = 2'592'000'000;
    const auto time = fromMillis(static_cast<std::int64_t>(random.below(1ULL << 47)));
    const auto earlier = makeUlid(time, random);
    const auto later = makeUlid(time + std::chrono::milliseconds(kMonth), random);
    require(isUlid(earlier) && isUlid(later) && earlier < later);
    require(AccountId::parse(AccountId::make(time, random).str()).has_value());
    return 0;
}
