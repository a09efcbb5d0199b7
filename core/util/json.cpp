#include "util/json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"The body is not valid JSON: " + problem});
}

/// Checks while nlohmann's DOM builder builds: plain `parse` knows no limits and lets the last of
/// two equal names win.
class StrictBuilder : public Json::json_sax_t {
public:
    StrictBuilder(Json& root, const JsonLimits& limits) : builder_(root, false), limits_(limits) {}

    bool null() override { return count() && builder_.null(); }
    bool boolean(bool value) override { return count() && builder_.boolean(value); }
    bool number_integer(number_integer_t value) override {
        return count() && builder_.number_integer(value);
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(INT64_MAX)) refuse("a number is out of range");
        return count() && builder_.number_unsigned(value);
    }
    bool number_float(number_float_t value, const string_t& text) override {
        // An integer that does not fit arrives here as a rounded double.
        if (text.find_first_of(".eE") == string_t::npos) refuse("a number is out of range");
        return count() && builder_.number_float(value, text);
    }
    bool string(string_t& value) override {
        check(value);
        return count() && builder_.string(value);
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t size) override {
        enter();
        names_.emplace_back();
        return builder_.start_object(size);
    }
    bool key(string_t& name) override {
        check(name);
        if (!names_.back().insert(name).second) refuse("a name stands twice in one object");
        return builder_.key(name);
    }
    bool end_object() override {
        --depth_;
        names_.pop_back();
        return builder_.end_object();
    }
    bool start_array(std::size_t size) override {
        enter();
        return builder_.start_array(size);
    }
    bool end_array() override {
        --depth_;
        return builder_.end_array();
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        refuse("syntax error at byte " + std::to_string(position));
    }

private:
    bool count() {
        if (++nodes_ > limits_.nodes) refuse("too many values");
        return true;
    }
    void enter() {
        count();
        if (++depth_ > limits_.depth) refuse("nested too deeply");
    }
    static void check(const string_t& text) {
        if (text.find('\0') != string_t::npos) refuse("text holds U+0000");
    }

    nlohmann::detail::json_sax_dom_parser<Json> builder_;
    const JsonLimits& limits_;
    int depth_ = 0;
    std::size_t nodes_ = 0;
    std::vector<std::set<std::string>> names_;
};

}  // namespace

nlohmann::json parseJson(std::string_view text, const JsonLimits& limits) {
    Json root;
    StrictBuilder builder(root, limits);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) refuse("it cannot be read");
    return root;
}

std::string dumpJson(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace postato
