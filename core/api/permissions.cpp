#include "api/permissions.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace postato::api {
namespace {

using namespace permission;

constexpr std::string_view kViewer[] = {kAccountsRead, kPostsRead, kMediaRead};
constexpr std::string_view kEditor[] = {kAccountsRead, kPostsRead, kPostsPublish,
                                        kPostsDelete,  kMediaRead, kMediaWrite};
constexpr std::string_view kAdmin[] = {kAccountsRead,       kAccountsConnect, kAccountsRefresh,
                                       kAccountsDisconnect, kPostsRead,       kPostsPublish,
                                       kPostsApprove,       kPostsDelete,     kMediaRead,
                                       kMediaWrite,         kWebhooksManage};

struct RoleRow {
    std::string_view role;
    std::span<const std::string_view> permissions;
};
constexpr RoleRow kRoles[] = {{"viewer", kViewer}, {"editor", kEditor}, {"admin", kAdmin}};

}  // namespace

std::span<const std::string_view> permissionsOfRole(std::string_view role) {
    for (const auto& row : kRoles)
        if (row.role == role) return row.permissions;
    return {};
}

Grants Grants::ofRole(std::string_view role) {
    const auto permissions = permissionsOfRole(role);
    return Grants({permissions.begin(), permissions.end()});
}

bool Grants::has(std::string_view permission) const {
    return std::find(permissions_.begin(), permissions_.end(), permission) != permissions_.end();
}

void Grants::require(std::string_view permission) const {
    if (permission.empty() || has(permission)) return;
    Error error(ErrorCode::PermissionDenied,
                PublicMessage{"This needs the permission " + std::string(permission)});
    error.required = permission;
    error.granted = permissions_;
    throw error;
}

}  // namespace postato::api
