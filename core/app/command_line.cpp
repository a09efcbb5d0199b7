#include "app/command_line.hpp"

#include <Poco/Exception.h>
#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/config.hpp"
#include "app/operator_message.hpp"
#include "util/json.hpp"

namespace postato::app {

/// Reads the words behind a command's name by its specification.
class CommandLine {
public:
    explicit CommandLine(const Command& command) : command_(command) {
        add({"config", "FILE",
             std::string("configuration file (default: ") + kDefaultConfigFile + ")"});
        add({"json", "", "print one JSON object instead of text"});
        add({"help", "", "print this"});
        for (const auto& option : command.options) add(option);
    }

    Arguments parse(const std::vector<std::string>& words) const {
        Arguments parsed;
        Poco::Util::OptionProcessor processor(options_);
        try {
            bool operands_only = false;
            for (const auto& word : words) {
                std::string name;
                std::string value;
                if (!operands_only && word == "--") {
                    operands_only = true;
                } else if (!operands_only && processor.process(word, name, value)) {
                    if (!name.empty()) parsed.options_[name].push_back(value);
                } else {
                    parsed.positional_.push_back(word);
                }
            }
            processor.checkRequired();
        } catch (const Poco::Exception& error) {
            throw UsageError(error.displayText());  // its message is only the option's name
        }
        return parsed;
    }

    void checkOperands(const Arguments& arguments) const {
        const std::size_t wanted = command_.operand.empty() ? 0 : 1;
        const auto& given = arguments.positional();
        if (given.size() > wanted) throw UsageError("unexpected argument: " + given[wanted]);
        if (given.size() < wanted) throw UsageError(command_.operand + " is missing");
    }

    std::string help() const {
        std::ostringstream out;
        Poco::Util::HelpFormatter formatter(options_);
        formatter.setCommand("postato " + command_.name);
        formatter.setUsage("[OPTIONS]" + (command_.operand.empty() ? "" : " " + command_.operand));
        formatter.setHeader(command_.summary);
        formatter.setUnixStyle(true);
        formatter.setWidth(100);
        formatter.format(out);
        return out.str();
    }

private:
    void add(const OptionSpec& spec) {
        Poco::Util::Option option(spec.name, "", spec.help, false);
        option.repeatable(spec.repeatable);
        if (!spec.argument.empty()) option.argument(spec.argument, true);
        options_.addOption(option);
    }

    const Command& command_;
    Poco::Util::OptionSet options_;
};

namespace {

/// The commands of a group, such as `key`; all of them when `group` is empty.
std::string overview(const std::vector<Command>& all, const std::string& group = {}) {
    std::vector<Command> commands;
    std::copy_if(all.begin(), all.end(), std::back_inserter(commands), [&](const Command& command) {
        return group.empty() || command.name.starts_with(group + " ");
    });
    if (commands.empty()) return {};
    std::size_t width = 0;
    for (const auto& command : commands)
        width = std::max(width, command.name.size() + command.operand.size() + 1);
    std::string text =
        "usage: postato " + (group.empty() ? "" : group + " ") + "COMMAND [OPTIONS]\n\n";
    for (const auto& command : commands) {
        auto call = command.name + (command.operand.empty() ? "" : " " + command.operand);
        call.resize(width + 3, ' ');
        text += "  " + call + command.summary + "\n";
    }
    return text + "\nEvery command explains itself with --help.\n";
}

const Command* find(const std::vector<Command>& commands, const std::vector<std::string>& words,
                    std::size_t& used) {
    for (used = std::min<std::size_t>(2, words.size()); used > 0; --used) {
        const auto name = used == 2 ? words[0] + " " + words[1] : words[0];
        for (const auto& command : commands) {
            if (command.name == name) return &command;
        }
    }
    return nullptr;
}

int fail(const std::string& problem, bool json) {
    if (json)
        std::cerr << dumpJson({{"error", problem}}) << '\n';
    else
        std::cerr << "postato: " << problem << '\n';
    return kFailure;
}

int fail(const ConfigError& error, bool json) {
    if (json)
        std::cerr << dumpJson({{"error", "The configuration cannot be used"},
                               {"problems", error.problems()}})
                  << '\n';
    else
        for (const auto& problem : error.problems()) std::cerr << "postato: " << problem << '\n';
    return kFailure;
}

}  // namespace

std::optional<std::string> Arguments::value(const std::string& option) const {
    const auto found = options_.find(option);
    if (found == options_.end()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> Arguments::values(const std::string& option) const {
    const auto found = options_.find(option);
    return found == options_.end() ? std::vector<std::string>{} : found->second;
}

std::string Arguments::required(const std::string& option) const {
    auto found = value(option);
    if (!found || found->empty()) throw UsageError("--" + option + " is missing");
    return *found;
}

void Arguments::print(const std::string& text, const nlohmann::json& json_value) const {
    std::cout << (json() ? dumpJson(json_value) : text) << std::endl;
}

int runCommandLine(const std::vector<std::string>& words, const std::vector<Command>& commands) {
    if (words.empty() || words[0] == "--help" || words[0] == "help") {
        (words.empty() ? std::cerr : std::cout) << overview(commands);
        return words.empty() ? kUsage : 0;
    }
    std::size_t used = 0;
    const auto* command = find(commands, words, used);
    if (command == nullptr) {
        const auto group = overview(commands, words[0]);
        const bool asked = words.size() == 2 && (words[1] == "--help" || words[1] == "help");
        if (!group.empty() && (asked || words.size() == 1)) {
            (asked ? std::cout : std::cerr) << group;
            return asked ? 0 : kUsage;
        }
        std::cerr << "postato: there is no command " << words[0]
                  << (group.empty() || words.size() < 2 ? "" : " " + words[1])
                  << "; see postato --help\n";
        return kUsage;
    }
    const CommandLine line(*command);
    Arguments arguments;
    try {
        arguments = line.parse({words.begin() + static_cast<std::ptrdiff_t>(used), words.end()});
        if (arguments.has("help")) {
            std::cout << line.help();
            return 0;
        }
        line.checkOperands(arguments);
        return command->run(arguments);
    } catch (const UsageError& error) {
        std::cerr << "postato " << command->name << ": " << error.what() << "; see --help\n";
        return kUsage;
    } catch (const ConfigError& error) {
        return fail(error, arguments.json());
    } catch (const std::exception& error) {
        return fail(operatorMessage(error), arguments.json());
    }
}

}  // namespace postato::app
