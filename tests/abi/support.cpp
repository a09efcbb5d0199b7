#include "support.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace postato::platforms::testing {
namespace {

/// For the shell. The names of these tests have no quotes in them.
std::string quoted(const std::string& word) { return "'" + word + "'"; }

}  // namespace

PluginDirectory::PluginDirectory() {
    auto pattern = (fs::temp_directory_path() / "postato-abi-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    root_ = pattern;
    for (const auto& directory : {plugins(), root_ / "state"}) {
        fs::create_directory(directory);
        fs::permissions(directory, fs::perms(0755));
    }
}

PluginDirectory::~PluginDirectory() {
    std::error_code ignored;  // what stays behind is in the temporary directory
    fs::remove_all(root_, ignored);
}

fs::path PluginDirectory::put(const std::string& fixture, const std::string& name) const {
    const auto file = plugins() / name;
    fs::copy_file(fixtureFile(fixture), file);
    fs::permissions(file, fs::perms(0644));
    return file;
}

fs::path PluginDirectory::write(const std::string& name, const std::string& content) const {
    const auto file = plugins() / name;
    std::ofstream(file, std::ios::binary) << content;
    fs::permissions(file, fs::perms(0644));
    return file;
}

LoaderOptions PluginDirectory::options(std::chrono::milliseconds limit) const {
    LoaderOptions options;
    options.directory = plugins();
    options.private_directory = privateDirectory();
    options.check_command = {POSTATO_PROGRAM, "plugin", "check", "--in-process"};
    options.check_limit = limit;
    return options;
}

PluginLoader PluginDirectory::loader(std::chrono::milliseconds limit) const {
    return PluginLoader(options(limit));
}

Run PluginDirectory::postato(const std::vector<std::string>& words,
                             const std::string& settings) const {
    const auto config = root_ / "postato.ini";
    std::ofstream(config) << "[server]\nstate_directory = " << (root_ / "state").string()
                          << "\n[plugins]\ndirectory = " << plugins().string()
                          << "\n[encryption]\nkeyring_file = " << (root_ / "keyring.json").string()
                          << "\n"
                          << settings;
    std::string command = quoted(POSTATO_PROGRAM);
    for (const auto& word : words) command += " " + quoted(word);
    const auto out = root_ / "out";
    const auto err = root_ / "err";
    command += " --config " + quoted(config.string()) + " </dev/null >" + quoted(out.string()) +
               " 2>" + quoted(err.string());
    const int status = std::system(command.c_str());
    BOOST_REQUIRE_MESSAGE(WIFEXITED(status), command << " ended with status " << status);
    return {WEXITSTATUS(status), readFile(out), readFile(err)};
}

std::vector<std::string> PluginDirectory::privateFiles() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(privateDirectory()))
        names.push_back(entry.path().filename().string());
    return names;
}

fs::path fixtureFile(const std::string& fixture) {
    return fs::path(POSTATO_FIXTURES) / (fixture + ".so");
}

std::string readFile(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

RefusedPlugin refusalOf(const PluginDirectory& directory, const fs::path& file) {
    try {
        const auto loaded = directory.loader().load(file);
        BOOST_FAIL(file.filename().string() + " was loaded");
    } catch (const PluginRefused& refused) {
        return {file, refused.cause(), refused.reason()};
    }
    throw std::logic_error("unreachable: BOOST_FAIL throws");
}

std::shared_ptr<const sdk::Platform> makePlatform(const PluginDirectory& directory,
                                                  const std::string& fixture) {
    return directory.loader().load(directory.put(fixture)).create({});
}

}  // namespace postato::platforms::testing
