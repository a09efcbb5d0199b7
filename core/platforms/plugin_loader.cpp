#include "platforms/plugin_loader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "crypto/hashing.hpp"
#include "platforms/plugin_check_process.hpp"
#include "platforms/plugin_file_check.hpp"
#include "platforms/plugin_image.hpp"
#include "platforms/private_copy.hpp"
#include "util/error.hpp"

namespace postato::platforms {
namespace {

constexpr std::size_t kLargestPlugin = 256 * 1024 * 1024;

std::string readAll(const Descriptor& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 ||
        static_cast<std::size_t>(status.st_size) > kLargestPlugin)
        throw PluginRefused(RefusalCause::NotLoadable, "is larger than 256 MiB; remove it");
    std::string content;
    content.reserve(static_cast<std::size_t>(status.st_size));
    std::array<char, 64 * 1024> buffer{};
    // A file that still grows ends as one that is cut off.
    while (content.size() <= kLargestPlugin) {
        const auto count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw PluginRefused(RefusalCause::NotAFile,
                                std::string("cannot be read: ") + std::strerror(errno));
        if (count == 0) break;
        content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return content;
}

LoadedPlugin describe(const std::filesystem::path& file, const sdk::PluginDescriptor& descriptor) {
    LoadedPlugin plugin{
        file,       descriptor.platform_id, descriptor.display_name, descriptor.plugin_version, {},
        &descriptor};
    for (const auto* key = descriptor.option_keys; key != nullptr && *key != nullptr; ++key)
        plugin.option_keys.emplace_back(*key);
    return plugin;
}

}  // namespace

std::shared_ptr<const sdk::Platform> LoadedPlugin::create(const sdk::PlatformConfig& config) const {
    const auto advice = "; correct [platform." + platform_id + "]";
    try {
        if (auto* platform = descriptor->create(config))
            return {platform, [destroy = descriptor->destroy](const sdk::Platform* made) {
                        destroy(const_cast<sdk::Platform*>(made));
                    }};
    } catch (const std::exception& error) {
        throw PluginRefused(RefusalCause::CreateFailed,
                            std::string("does not accept its configuration: ") +
                                std::string(error.what()).substr(0, 200) + advice);
    } catch (...) {
        throw PluginRefused(RefusalCause::CreateFailed,
                            "does not accept its configuration and does not say why" + advice);
    }
    throw PluginRefused(RefusalCause::CreateFailed,
                        "made no platform of its configuration" + advice);
}

PluginLoader::PluginLoader(LoaderOptions options) : options_(std::move(options)) {}

LoadedDirectory PluginLoader::loadAll() {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(options_.directory, error), end;
         !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".so") files.push_back(entry->path());
    if (error)
        throw Error(ErrorCode::InvalidArgument,
                    PublicMessage{"The plugin directory " + options_.directory.string() +
                                  " cannot be read: " + error.message()});
    std::sort(files.begin(), files.end());

    LoadedDirectory result;
    for (const auto& file : files) {
        try {
            result.plugins.push_back(load(file));
        } catch (const PluginRefused& refused) {
            result.refused.push_back({file, refused.cause(), refused.reason()});
        }
    }
    sweepPrivateDirectory(options_.private_directory, copies_);
    return result;
}

LoadedPlugin PluginLoader::load(const std::filesystem::path& file) {
    const auto content = readAll(openPluginFile(file));
    if (content.empty())
        throw PluginRefused(RefusalCause::NotLoadable, "is empty; copy it here again");
    preparePrivateDirectory(options_.private_directory);
    PrivateCopy copy(options_.private_directory, content);
    const auto platform_id =
        checkPluginInChild(options_.check_command, copy.path(), options_.check_limit);
    if (const auto first = served_by_.find(platform_id); first != served_by_.end())
        throw PluginRefused(RefusalCause::DuplicatePlatform,
                            "serves the platform " + platform_id + ", which " + first->second +
                                " serves already; remove one of the two");
    copy.keepAs(crypto::sha256Hex(content) + ".so");
    copies_.insert(copy.path());
    const auto plugin = describe(file, openPluginImage(copy.path()));
    served_by_.emplace(plugin.platform_id, file.filename().string());
    return plugin;
}

}  // namespace postato::platforms
