#include "app/config_source.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/SAX/XMLReader.h>
#include <Poco/Util/IniFileConfiguration.h>
#include <Poco/Util/MapConfiguration.h>
#include <Poco/Util/XMLConfiguration.h>
#include <unistd.h>

#include <fstream>

#include "util/encoding.hpp"

namespace postato::app {
namespace {

namespace fs = std::filesystem;
using Poco::AutoPtr;
using Poco::Util::AbstractConfiguration;

constexpr std::string_view kPrefix = "POSTATO_";
constexpr std::string_view kFileSuffix = "_file";
constexpr std::size_t kLargestValue = 64 * 1024;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

AutoPtr<AbstractConfiguration> readXml(const fs::path& file) {
    Poco::XML::DOMParser parser;
    // A configuration file has no business fetching other files.
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_GENERAL_ENTITIES, false);
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_PARAMETER_ENTITIES, false);
    parser.setFeature(Poco::XML::DOMParser::FEATURE_FILTER_WHITESPACE, true);
    AutoPtr<Poco::XML::Document> document = parser.parse(file.string());
    return AutoPtr<AbstractConfiguration>(new Poco::Util::XMLConfiguration(document.get()));
}

AutoPtr<AbstractConfiguration> readFile(const fs::path& file, Problems& problems) {
    const std::string extension = toLower(file.extension().string());
    if (extension != ".ini" && extension != ".xml") {
        problems.add(file.string(), "the name must end in .ini or .xml, which says how it is read");
        return {};
    }
    if (::access(file.c_str(), R_OK) != 0) {
        problems.add(file.string(),
                     "the configuration file cannot be read; name one with --config FILE");
        return {};
    }
    try {
        if (extension == ".xml") return readXml(file);
        return AutoPtr<AbstractConfiguration>(new Poco::Util::IniFileConfiguration(file.string()));
    } catch (const Poco::Exception& error) {
        problems.add(file.string(), "the file is broken: " + error.displayText());
        return {};
    }
}

/// POSTATO_PLATFORM__CHIRPER__CLIENT_ID -> platform.chirper.client_id; nothing for other variables.
std::optional<std::string> keyOfVariable(std::string_view variable) {
    if (!variable.starts_with(kPrefix)) return std::nullopt;
    variable.remove_prefix(kPrefix.size());
    if (variable.find("__") == std::string_view::npos) return std::nullopt;
    std::string key;
    while (!variable.empty()) {
        if (variable.starts_with("__")) {
            key += '.';
            variable.remove_prefix(2);
        } else {
            key += variable.front();
            variable.remove_prefix(1);
        }
    }
    return toLower(key);
}

void collectKeys(const AbstractConfiguration& configuration, bool nests, const std::string& prefix,
                 std::map<std::string, std::string>& out, Problems& problems) {
    AbstractConfiguration::Keys children;
    configuration.keys(prefix, children);
    // A key keeps its value when others begin with its name; but an XML element that holds others
    // has their text for a value. getString() would expand any ${...}, also one inside a password.
    const bool holds_others = nests && !children.empty();
    if (!prefix.empty() && !holds_others && configuration.hasProperty(prefix))
        out[toLower(prefix)] = configuration.getRawString(prefix);
    for (const auto& child : children) {
        if (child.empty())
            problems.add(prefix.empty() ? "a key" : prefix + ".",
                         "has a name with nothing before, between or behind its dots; correct it");
        else
            collectKeys(configuration, nests, prefix.empty() ? child : prefix + "." + child, out,
                        problems);
    }
}

/// Nothing when a variable it names is not set.
std::optional<std::string> expandVariables(std::string text, const Environment& environment) {
    constexpr std::string_view kOpen = "${system.env.";
    std::size_t at = 0;
    while ((at = text.find(kOpen, at)) != std::string::npos) {
        const auto end = text.find('}', at);
        if (end == std::string::npos) break;
        const auto name = text.substr(at + kOpen.size(), end - at - kOpen.size());
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        text.replace(at, end - at + 1, found->second);
        at += found->second.size();
    }
    return text;
}

std::optional<std::string> readValueFile(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::string content(kLargestValue + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (in.bad()) return std::nullopt;
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (content.size() > kLargestValue) return std::nullopt;
    while (content.ends_with('\n') || content.ends_with('\r')) content.pop_back();
    return content;
}

}  // namespace

Environment processEnvironment() {
    Environment environment;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        if (text.substr(0, equals) == kRingVariable) continue;
        environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

ConfigSource::ConfigSource(const fs::path& file, const Environment& environment,
                           const std::function<bool(std::string_view)>& is_path_key,
                           Problems& problems) {
    const bool nests = toLower(file.extension().string()) == ".xml";
    if (const auto from_file = readFile(file, problems); !from_file.isNull())
        collectKeys(*from_file, nests, {}, values_, problems);

    AutoPtr<Poco::Util::MapConfiguration> overrides(new Poco::Util::MapConfiguration);
    for (const auto& [variable, value] : environment) {
        if (const auto key = keyOfVariable(variable)) overrides->setString(*key, value);
    }
    collectKeys(*overrides, false, {}, values_, problems);
    for (auto entry = values_.begin(); entry != values_.end();) {
        const auto value = expandVariables(entry->second, environment);
        entry->second = value ? trimmed(*value) : std::string();
        entry = entry->second.empty() ? values_.erase(entry) : std::next(entry);
    }
    readValueFiles(is_path_key, problems);
}

void ConfigSource::readValueFiles(const std::function<bool(std::string_view)>& is_path_key,
                                  Problems& problems) {
    std::map<std::string, std::string> read;
    for (auto entry = values_.begin(); entry != values_.end();) {
        const auto& [key, path] = *entry;
        if (!key.ends_with(kFileSuffix) || is_path_key(key)) {
            ++entry;
            continue;
        }
        const auto target = key.substr(0, key.size() - kFileSuffix.size());
        if (values_.contains(target))
            problems.add(key, "stands beside " + target + "; keep only one of the two");
        if (auto content = readValueFile(path))
            read.emplace(target, std::move(*content));
        else
            problems.add(key,
                         "the file " + path +
                             " cannot be read (or is larger than 64 kB); check path and rights");
        entry = values_.erase(entry);
    }
    for (auto& [key, content] : read) {
        if (!content.empty()) values_.insert_or_assign(key, std::move(content));
    }
}

std::optional<std::string> ConfigSource::get(const std::string& key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second;
}

}  // namespace postato::app
