#include "persistence/identity_repository.hpp"

namespace postato::persistence {
namespace {

User userOf(const Row& row) {
    return {UserId::trusted(row.text(0)), row.text(1), row.optionalText(2), row.text(3),
            row.time(4)};
}

}  // namespace

constexpr Statement kInsert{
    "user.insert",
    "INSERT INTO users (id, email, password_hash, tenant_role, created_at, updated_at) "
    "VALUES (:id, :email, :hash, :role, :now, :now)"};

void UserRepository::insert(const User& user) {
    tx_.execute(kInsert, {arg("id", user.id.str()), arg("email", user.email),
                          arg("hash", user.password_hash), arg("role", user.tenant_role),
                          arg("now", user.created_at)});
}

constexpr Statement kFind{"user.find",
                          "SELECT id, email, password_hash, tenant_role, created_at "
                          "FROM users WHERE id = :id",
                          "tttti"};

std::optional<User> UserRepository::find(const UserId& id) {
    const auto row = tx_.queryOne(kFind, {arg("id", id.str())});
    return row ? std::optional(userOf(*row)) : std::nullopt;
}

constexpr Statement kFindByEmail{"user.find_by_email",
                                 "SELECT id, email, password_hash, tenant_role, created_at "
                                 "FROM users WHERE email = :email",
                                 "tttti"};

std::optional<User> UserRepository::findByEmail(const std::string& email) {
    const auto row = tx_.queryOne(kFindByEmail, {arg("email", email)});
    return row ? std::optional(userOf(*row)) : std::nullopt;
}

constexpr Statement kSetPassword{
    "user.set_password",
    "UPDATE users SET password_hash = :hash, updated_at = :now WHERE id = :id"};

void UserRepository::setPassword(const UserId& id, const std::string& password_hash) {
    tx_.execute(kSetPassword,
                {arg("hash", password_hash), arg("now", tx_.now()), arg("id", id.str())});
}

constexpr Statement kList{"user.list",
                          "SELECT id, email, password_hash, tenant_role, created_at "
                          "FROM users ORDER BY created_at, id",
                          "tttti"};

std::vector<User> UserRepository::list() {
    std::vector<User> users;
    for (const auto& row : tx_.query(kList)) users.push_back(userOf(row));
    return users;
}

}  // namespace postato::persistence
