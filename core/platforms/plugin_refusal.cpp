#include "platforms/plugin_refusal.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace postato::platforms {
namespace {

constexpr std::array<std::pair<RefusalCause, std::string_view>, 10> kNames{{
    {RefusalCause::NotAFile, "not_a_file"},
    {RefusalCause::UnsafePermissions, "unsafe_permissions"},
    {RefusalCause::NotLoadable, "not_loadable"},
    {RefusalCause::NoDescriptor, "no_descriptor"},
    {RefusalCause::AbiMismatch, "abi_mismatch"},
    {RefusalCause::ToolchainMismatch, "toolchain_mismatch"},
    {RefusalCause::BadId, "bad_id"},
    {RefusalCause::DuplicatePlatform, "duplicate_platform"},
    {RefusalCause::CrashedInCheck, "crashed_in_check"},
    {RefusalCause::CreateFailed, "create_failed"},
}};

}  // namespace

PluginRefused::PluginRefused(RefusalCause cause, std::string reason)
    : cause_(cause), reason_(std::move(reason)) {
    for (char& c : reason_)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
}

std::string_view causeName(RefusalCause cause) {
    const auto* const found =
        std::find_if(kNames.begin(), kNames.end(), [&](auto& row) { return row.first == cause; });
    return found->second;
}

std::optional<RefusalCause> causeFromName(std::string_view name) {
    const auto* const found =
        std::find_if(kNames.begin(), kNames.end(), [&](auto& row) { return row.second == name; });
    if (found == kNames.end()) return std::nullopt;
    return found->first;
}

}  // namespace postato::platforms
