#include "postato/oauth2/json.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <vector>

#include "postato/sdk/secret.hpp"

namespace postato::oauth2 {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxValues = 20'000;

}  // namespace

struct Json::Node {
    enum class Kind { Null = 1, Boolean, Number, String, Object, Array };
    Kind kind = Kind::Null;
    sdk::Secret text;                ///< of a string; a number or boolean as written
    std::vector<std::string> names;  ///< of an object, beside `values`
    std::vector<Node> values;        ///< of an object or array
};

/// Builds nodes from the parser's events. Returning false ends the parse; `refused_` tells a
/// refusal of ours from a syntax error.
class Json::Builder : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Builder(Node& root) : root_(root) {}

    bool refused() const noexcept { return refused_; }

    bool null() override { return add(Node::Kind::Null, {}) != nullptr; }
    bool boolean(bool value) override {
        return leaf(Node::Kind::Boolean, value ? "true" : "false");
    }
    bool number_integer(number_integer_t value) override {
        return leaf(Node::Kind::Number, std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return leaf(Node::Kind::Number, std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& text) override {
        return leaf(Node::Kind::Number, text);
    }
    bool string(string_t& value) override { return leaf(Node::Kind::String, value); }
    bool binary(binary_t&) override { return refuse(); }
    bool start_object(std::size_t) override {
        names_.emplace_back();
        return open(Node::Kind::Object);
    }
    bool key(string_t& name) override {
        if (name.find('\0') != string_t::npos || !names_.back().insert(name).second)
            return refuse();
        open_.back()->names.push_back(name);
        return true;
    }
    bool end_object() override {
        names_.pop_back();
        open_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override { return open(Node::Kind::Array); }
    bool end_array() override {
        open_.pop_back();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

private:
    bool refuse() {
        refused_ = true;
        return false;
    }
    Node* add(Node::Kind kind, const std::string& text) {
        if (++count_ > kMaxValues || text.find('\0') != std::string::npos) {
            refuse();
            return nullptr;
        }
        Node* node = &root_;
        if (!open_.empty()) node = &open_.back()->values.emplace_back();
        node->kind = kind;
        node->text = sdk::Secret(text);
        return node;
    }
    bool leaf(Node::Kind kind, const std::string& text) { return add(kind, text) != nullptr; }
    bool open(Node::Kind kind) {
        if (open_.size() >= kMaxDepth) return refuse();
        Node* node = add(kind, {});
        // Stays valid: a vector only grows while its last element is closed.
        if (node != nullptr) open_.push_back(node);
        return node != nullptr;
    }

    Node& root_;
    std::vector<Node*> open_;
    std::vector<std::set<std::string>> names_;
    std::size_t count_ = 0;
    bool refused_ = false;
};

std::variant<Json, JsonProblem> Json::parse(std::string_view text) {
    if (text.size() > kMaxBytes) return JsonProblem::Refused;
    auto root = std::make_shared<Node>();
    Builder builder(*root);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
        return builder.refused() ? JsonProblem::Refused : JsonProblem::Malformed;
    return Json(std::move(root));
}

bool Json::isNull() const noexcept { return !node_ || node_->kind == Node::Kind::Null; }
bool Json::isObject() const noexcept { return node_ && node_->kind == Node::Kind::Object; }
bool Json::isArray() const noexcept { return node_ && node_->kind == Node::Kind::Array; }
bool Json::isString() const noexcept { return node_ && node_->kind == Node::Kind::String; }

bool Json::isTrue() const noexcept {
    return node_ && node_->kind == Node::Kind::Boolean && node_->text.reveal() == "true";
}

Json Json::get(std::string_view name) const {
    if (!isObject()) return {};
    for (std::size_t i = 0; i < node_->names.size(); ++i)
        if (node_->names[i] == name) return at(i);
    return {};
}

Json Json::at(std::size_t index) const {
    if (index >= size()) return {};
    return Json(std::shared_ptr<const Node>(node_, &node_->values[index]));
}

std::size_t Json::size() const noexcept { return node_ ? node_->values.size() : 0; }

std::string Json::text() const {
    if (!node_ || (node_->kind != Node::Kind::String && node_->kind != Node::Kind::Number))
        return {};
    return std::string(node_->text.reveal());
}

std::optional<std::int64_t> Json::integer() const {
    const std::string digits = text();
    const char* const end = digits.data() + digits.size();
    std::int64_t exact = 0;
    const auto whole = std::from_chars(digits.data(), end, exact);
    if (whole.ec == std::errc() && whole.ptr == end) return exact;

    double value = 0;
    const auto real = std::from_chars(digits.data(), end, value);
    if (real.ec != std::errc() || real.ptr != end || std::isnan(value)) return std::nullopt;
    using Limits = std::numeric_limits<std::int64_t>;
    if (value >= static_cast<double>(Limits::max())) return Limits::max();
    if (value <= static_cast<double>(Limits::min())) return Limits::min();
    return static_cast<std::int64_t>(value);
}

}  // namespace postato::oauth2
