#pragma once

// Strict reading of a control call's JSON body: a misspelt key or a value of the wrong type is an
// error with a sentence, so a test never runs against a setting that was silently ignored.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "wire/message.hpp"

namespace postato::sandbox {

/// A control call that cannot be done; the text is the whole explanation.
class BadCall : public std::runtime_error {
public:
    explicit BadCall(const std::string& sentence, int status = 400)
        : std::runtime_error(sentence), status_(status) {}
    int status() const { return status_; }

private:
    int status_;
};

class JsonFields {
public:
    /// An empty body counts as `{}`. Throws BadCall unless it is one JSON object.
    explicit JsonFields(std::string_view body);

    std::string text(std::string_view name);  // required
    std::optional<std::string> optionalText(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name, std::int64_t least,
                                       std::int64_t most);
    std::optional<bool> flag(std::string_view name);
    std::optional<std::vector<std::string>> list(std::string_view name);
    /// Any type; absent when the name is.
    std::optional<Json> any(std::string_view name);
    /// True when the name is there with the value null.
    bool isNull(std::string_view name) const;

    /// Every name of the object, for calls whose keys are data.
    std::vector<std::string> names() const;

    /// Throws BadCall for the first name that nobody asked for.
    void expectNothingElse() const;

private:
    std::shared_ptr<const Json> object_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace postato::sandbox
