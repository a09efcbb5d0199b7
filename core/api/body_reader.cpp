#include "api/body_reader.hpp"

#include <nlohmann/json.hpp>

#include "util/json.hpp"

namespace postato::api {
namespace {

constexpr std::size_t kLongestNameShown = 64;

nlohmann::json parseObject(const std::string& text) {
    if (text.empty()) return nlohmann::json::object();
    auto body = parseJson(text);
    if (!body.is_object())
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"The body must be a JSON object"});
    return body;
}

}  // namespace

BodyReader::BodyReader(const http::Request& request)
    : body_(std::make_unique<const nlohmann::json>(parseObject(request.body))) {}

BodyReader::~BodyReader() = default;

const nlohmann::json* BodyReader::field(const std::string& name) {
    known_.insert(name);
    const auto at = body_->find(name);
    return at == body_->end() || at->is_null() ? nullptr : &*at;
}

std::string BodyReader::text(const std::string& name, std::size_t most_bytes) {
    if (field(name) == nullptr) {
        problems_.add(name, "Required");
        return {};
    }
    return optionalText(name, most_bytes).value_or("");
}

sdk::Secret BodyReader::secret(const std::string& name, std::size_t most_bytes) {
    return sdk::Secret(text(name, most_bytes));
}

std::optional<std::string> BodyReader::optionalText(const std::string& name,
                                                    std::size_t most_bytes) {
    const auto* value = field(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
        problems_.add(name, "Must be a string");
        return std::nullopt;
    }
    const auto& text = value->get_ref<const std::string&>();
    if (text.empty()) problems_.add(name, "Must not be empty");
    if (text.size() > most_bytes)
        problems_.add(name, "Must have at most " + std::to_string(most_bytes) + " bytes");
    return text;
}

std::optional<sdk::Secret> BodyReader::optionalSecret(const std::string& name,
                                                      std::size_t most_bytes) {
    auto text = optionalText(name, most_bytes);
    if (!text) return std::nullopt;
    return sdk::Secret(std::move(*text));
}

std::optional<std::int64_t> BodyReader::optionalInteger(const std::string& name,
                                                        std::int64_t lowest, std::int64_t highest) {
    const auto* value = field(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_integer()) {
        problems_.add(name, "Must be an integer");
        return std::nullopt;
    }
    const auto number = value->get<std::int64_t>();
    if (number < lowest || number > highest)
        problems_.add(
            name, "Must be between " + std::to_string(lowest) + " and " + std::to_string(highest));
    return number;
}

void BodyReader::finish() {
    for (const auto& [name, value] : body_->items())
        if (!known_.contains(name))
            problems_.add(name.substr(0, kLongestNameShown), "Unknown field");
    problems_.throwIfAny();
}

}  // namespace postato::api
