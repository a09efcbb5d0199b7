#pragma once

/// \file
/// What a caller may do in a workspace, and which role may do what.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postato::api {

namespace permission {
inline constexpr std::string_view kNone = "";
inline constexpr std::string_view kAccountsRead = "accounts.read";
inline constexpr std::string_view kAccountsConnect = "accounts.connect";
inline constexpr std::string_view kAccountsRefresh = "accounts.refresh";
inline constexpr std::string_view kAccountsDisconnect = "accounts.disconnect";
inline constexpr std::string_view kPostsRead = "posts.read";
inline constexpr std::string_view kPostsPublish = "posts.publish";
inline constexpr std::string_view kPostsApprove = "posts.approve";
inline constexpr std::string_view kPostsDelete = "posts.delete";
inline constexpr std::string_view kMediaRead = "media.read";
inline constexpr std::string_view kMediaWrite = "media.write";
inline constexpr std::string_view kWebhooksManage = "webhooks.manage";
}  // namespace permission

/// The permissions of `admin`, `editor` and `viewer`; none for any other word.
std::span<const std::string_view> permissionsOfRole(std::string_view role);

/// What one caller was granted in one workspace.
class Grants {
public:
    explicit Grants(std::vector<std::string> permissions) : permissions_(std::move(permissions)) {}
    static Grants ofRole(std::string_view role);

    bool has(std::string_view permission) const;
    /// Throws Error{PermissionDenied} that names what is required and what is granted.
    void require(std::string_view permission) const;

private:
    std::vector<std::string> permissions_;
};

}  // namespace postato::api
