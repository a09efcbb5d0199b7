#pragma once

/// \file
/// What is wrong with a configuration, gathered so that the operator sees all of it at once.

#include <exception>
#include <string>
#include <vector>

namespace postato::app {

/// The configuration cannot be used. `problems` holds one sentence each, which names the key, what
/// is wrong with it and what to do; none repeats a secret.
class ConfigError : public std::exception {
public:
    explicit ConfigError(std::vector<std::string> problems);

    const std::vector<std::string>& problems() const noexcept { return problems_; }
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::vector<std::string> problems_;
    std::string text_;  ///< the problems, a line each
};

class Problems {
public:
    void add(const std::string& key, const std::string& problem) {
        list_.push_back(key + ": " + problem);
    }
    bool empty() const noexcept { return list_.empty(); }
    const std::vector<std::string>& list() const noexcept { return list_; }

    /// Throws ConfigError when there are any.
    void throwIfAny() const {
        if (!list_.empty()) throw ConfigError(list_);
    }

private:
    std::vector<std::string> list_;
};

}  // namespace postato::app
