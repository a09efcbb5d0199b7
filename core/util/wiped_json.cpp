#include "util/wiped_json.hpp"

namespace postato {
namespace {

using Json = nlohmann::json;

void wipeTexts(Json& value) {
    if (value.is_string()) wipe(value.get_ref<std::string&>());
    if (value.is_structured())
        for (auto& part : value) wipeTexts(part);
}

/// Never less than the text of it needs: a byte may become an escape of six.
std::size_t mostOf(const Json& value) {
    constexpr std::size_t kNumber = 32;
    constexpr std::size_t kMarks = 4;  // quotes, a colon or brackets, a comma
    const auto text = [](const std::string& one) { return 6 * one.size() + kMarks; };
    if (value.is_string()) return text(value.get_ref<const std::string&>());
    if (!value.is_structured()) return kNumber;
    std::size_t size = kMarks;
    for (const auto& item : value.items())
        size += (value.is_object() ? text(item.key()) : kMarks) + mostOf(item.value());
    return size;
}

}  // namespace

void wipe(std::string& text) noexcept {
    text.resize(text.capacity());  // allocates nothing
    // Writing through a volatile pointer is what keeps the compiler from dropping dead stores.
    volatile char* bytes = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
    text.clear();
}

WipedJson::~WipedJson() { wipeTexts(root); }

std::string WipedJson::dump() const {
    std::string text;
    text.reserve(mostOf(root));
    // What `dump` of the library does, but for the room that it has.
    nlohmann::detail::serializer<Json> serializer(nlohmann::detail::output_adapter<char>(text), ' ',
                                                  Json::error_handler_t::replace);
    serializer.dump(root, false, false, 0);
    return text;
}

}  // namespace postato
