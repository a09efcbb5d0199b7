#include <array>
#include <utility>

#include "persistence/account_repository.hpp"

namespace postato::persistence {
namespace {

constexpr std::array kStatuses = {
    std::pair{AccountStatus::Connected, std::string_view("connected")},
    std::pair{AccountStatus::TokenExpired, std::string_view("token_expired")},
    std::pair{AccountStatus::Suspended, std::string_view("suspended")},
};

constexpr std::array kReasons = {
    std::pair{StatusReason::UserRevoked, std::string_view("user_revoked")},
    std::pair{StatusReason::RefreshTokenExpired, std::string_view("refresh_token_expired")},
    std::pair{StatusReason::RotationLost, std::string_view("rotation_lost")},
    std::pair{StatusReason::NoRefreshToken, std::string_view("no_refresh_token")},
    std::pair{StatusReason::ScopeMissing, std::string_view("scope_missing")},
    std::pair{StatusReason::AccountSuspended, std::string_view("account_suspended")},
    std::pair{StatusReason::Unknown, std::string_view("unknown")},
};

}  // namespace

std::string_view word(AccountStatus status) {
    for (const auto& [value, text] : kStatuses)
        if (value == status) return text;
    return "connected";
}

std::string_view word(StatusReason reason) {
    for (const auto& [value, text] : kReasons)
        if (value == reason) return text;
    return "unknown";
}

std::optional<AccountStatus> parseAccountStatus(std::string_view text) {
    for (const auto& [value, spelled] : kStatuses)
        if (spelled == text) return value;
    return std::nullopt;
}

std::optional<StatusReason> parseStatusReason(std::string_view text) {
    for (const auto& [value, spelled] : kReasons)
        if (spelled == text) return value;
    return std::nullopt;
}

}  // namespace postato::persistence
