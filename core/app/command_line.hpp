#pragma once

/// \file
/// The shape of a command: what it takes, what it prints, how it ends.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postato::app {

/// `--name`, or `--name VALUE` when `argument` says what the value is.
struct OptionSpec {
    std::string name;
    std::string argument;  ///< empty: a flag
    std::string help;
    bool repeatable = false;
};

/// Exit codes: 0, kFailure with one line on standard error that says why, kUsage for a wrong call.
constexpr int kFailure = 1;
constexpr int kUsage = 2;

class Arguments {
public:
    bool has(const std::string& option) const { return options_.contains(option); }
    std::optional<std::string> value(const std::string& option) const;
    std::vector<std::string> values(const std::string& option) const;
    /// Throws UsageError when it is missing.
    std::string required(const std::string& option) const;
    const std::vector<std::string>& positional() const noexcept { return positional_; }
    bool json() const { return has("json"); }

    /// The result, for people or with --json for programs. One of the two is printed.
    void print(const std::string& text, const nlohmann::json& json) const;

private:
    friend class CommandLine;
    std::map<std::string, std::vector<std::string>> options_;
    std::vector<std::string> positional_;
};

/// The call itself is wrong; the message says how.
class UsageError : public std::exception {
public:
    explicit UsageError(std::string message) : message_(std::move(message)) {}
    const char* what() const noexcept override { return message_.c_str(); }

private:
    std::string message_;
};

struct Command {
    std::string name;  ///< one or two words: "serve", "workspace create"
    std::string summary;
    std::string operand;  ///< "NAME" when exactly one operand is wanted, else empty
    std::vector<OptionSpec> options;
    int (*run)(const Arguments&) = nullptr;  ///< may throw; see runCommandLine
};

/// Finds the command, reads its options (with --config, --json and --help, which all commands
/// take), runs it and turns whatever is thrown into one line (a line each for a ConfigError).
int runCommandLine(const std::vector<std::string>& arguments, const std::vector<Command>& commands);

}  // namespace postato::app
