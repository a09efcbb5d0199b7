#include "platforms/plugin_image.hpp"

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <fstream>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "platforms/plugin_refusal.hpp"

namespace postato::platforms {
namespace {

constexpr char kSymbol[] = "postato_plugin";
constexpr std::size_t kQuoted = 200;  ///< of a text that is not ours

/// "...(dlerror system message: FILE: undefined symbol: x): Bad file descriptor" -> the middle.
std::string loaderMessage(std::string text, const std::string& file) {
    constexpr std::string_view start = "dlerror system message: ";
    if (const auto at = text.find(start); at != std::string::npos) text.erase(0, at + start.size());
    if (const auto end = text.rfind("): "); end != std::string::npos) text.erase(end);
    if (text.starts_with(file + ": ")) text.erase(0, file.size() + 2);
    return text;
}

/// So that a text file is not called a damaged plugin.
void requireElf(const std::filesystem::path& file) {
    constexpr std::string_view magic = "\177ELF";
    std::string start(magic.size(), '\0');
    std::ifstream(file, std::ios::binary).read(start.data(), std::streamsize(start.size()));
    if (start != magic)
        throw PluginRefused(RefusalCause::NotLoadable,
                            "is not a shared object; give it another name or remove it");
}

void requireSymbol(const std::filesystem::path& file) {
    std::vector<std::string> symbols;
    try {
        symbols = boost::dll::library_info(file).symbols();
    } catch (const std::exception&) {
        throw PluginRefused(RefusalCause::NotLoadable, "is cut off or damaged; copy it here again");
    }
    if (std::find(symbols.begin(), symbols.end(), kSymbol) == symbols.end())
        throw PluginRefused(RefusalCause::NoDescriptor,
                            "does not export postato_plugin, so it is not a Postato plugin; "
                            "remove it, or build it with POSTATO_PLUGIN");
}

/// Maps the file and keeps it mapped. An initialiser of it that throws ends the process here.
const boost::dll::shared_library& keepForEver(const std::filesystem::path& file) {
    // Never destroyed, not even at exit: static destructors of plugins and ours have no order.
    static auto& mutex = *new std::mutex;
    static auto& libraries = *new std::vector<std::unique_ptr<boost::dll::shared_library>>;
    try {
        auto library = std::make_unique<boost::dll::shared_library>(
            file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
        const std::lock_guard lock(mutex);
        return *libraries.emplace_back(std::move(library));
    } catch (const boost::dll::fs::system_error& error) {
        throw PluginRefused(
            RefusalCause::NotLoadable,
            "cannot be loaded: " + loaderMessage(error.what(), file.string()).substr(0, kQuoted) +
                "; build it on this system");
    }
}

bool isPlatformId(std::string_view id) {
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (id.empty() || id.size() > 32 || !lower(id[0])) return false;
    return std::all_of(id.begin(), id.end(),
                       [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// In this order: each check makes reading the next field safe.
void checkDescriptor(const sdk::PluginDescriptor& descriptor) {
    if (std::memcmp(descriptor.magic, sdk::kPluginMagic, sizeof sdk::kPluginMagic) != 0)
        throw PluginRefused(RefusalCause::NoDescriptor,
                            "exports a postato_plugin that is not a plugin descriptor; "
                            "build it with POSTATO_PLUGIN");
    if (descriptor.abi_version != sdk::kAbiVersion)
        throw PluginRefused(RefusalCause::AbiMismatch,
                            "was built for plugin ABI " + std::to_string(descriptor.abi_version) +
                                ", this host has plugin ABI " + std::to_string(sdk::kAbiVersion) +
                                "; build it again with the SDK of this host");
    if (descriptor.size != sizeof(sdk::PluginDescriptor))
        throw PluginRefused(RefusalCause::AbiMismatch,
                            "was built with a descriptor of " + std::to_string(descriptor.size) +
                                " bytes, this host has " +
                                std::to_string(sizeof(sdk::PluginDescriptor)) +
                                "; build it again with the SDK of this host");
    const std::string toolchain =
        descriptor.toolchain ? descriptor.toolchain : "an unnamed toolchain";
    if (toolchain != POSTATO_TOOLCHAIN)
        throw PluginRefused(RefusalCause::ToolchainMismatch,
                            "was built with " + toolchain.substr(0, 64) +
                                ", this host with " POSTATO_TOOLCHAIN
                                "; build it again with this host's compiler");
    if (!descriptor.platform_id || !isPlatformId(descriptor.platform_id))
        throw PluginRefused(RefusalCause::BadId,
                            "has a platform id that is not 1 to 32 of a-z, 0-9 and _ with a letter "
                            "first; correct it in POSTATO_PLUGIN");
    if (!descriptor.display_name || !descriptor.plugin_version || !descriptor.create ||
        !descriptor.destroy)
        throw PluginRefused(RefusalCause::NoDescriptor,
                            "has a descriptor without name, version, create or destroy; build it "
                            "with POSTATO_PLUGIN");
}

CheckExit exitFor(RefusalCause cause) {
    const bool abi = cause == RefusalCause::NoDescriptor || cause == RefusalCause::AbiMismatch ||
                     cause == RefusalCause::ToolchainMismatch || cause == RefusalCause::BadId;
    return abi ? CheckExit::WrongAbi : CheckExit::NotLoadable;
}

}  // namespace

const sdk::PluginDescriptor& openPluginImage(const std::filesystem::path& file) {
    requireElf(file);
    requireSymbol(file);
    const auto& descriptor = keepForEver(file).get<const sdk::PluginDescriptor>(kSymbol);
    checkDescriptor(descriptor);
    return descriptor;
}

int checkPluginInProcess(const std::filesystem::path& file, std::ostream& out) {
    auto exit = CheckExit::Good;
    std::string verdict;
    try {
        verdict = std::string("ok: ") + openPluginImage(file).platform_id;
    } catch (const PluginRefused& refused) {
        exit = exitFor(refused.cause());
        verdict = std::string(causeName(refused.cause())) + ": " + refused.reason();
    }
    // An initialiser may have left an unfinished line.
    out << '\n' << kVerdict << verdict << '\n' << std::flush;
    return static_cast<int>(exit);
}

}  // namespace postato::platforms
