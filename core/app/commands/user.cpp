#include <nlohmann/json.hpp>

#include "accounts/sign_in_service.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "app/commands/password_prompt.hpp"
#include "persistence/identity_repository.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

using persistence::Transaction;
using persistence::User;

const OptionSpec kEmail{"email", "EMAIL", "the person's e-mail address"};

accounts::SignInService signIn(Installation& installation) {
    return accounts::SignInService(*installation.database, installation.random, {});
}

User requireUser(Installation& installation, const std::string& email) {
    auto found = installation.database->read([&](Transaction& tx) {
        return persistence::UserRepository(tx).findByEmail(toLower(email));
    });
    if (!found)
        throw Error(ErrorCode::NotFound,
                    PublicMessage{"There is no user " + email + "; see `postato user create`"});
    return *found;
}

int createUser(const Arguments& arguments) {
    const auto email = arguments.required("email");
    const auto workspace_id = arguments.value("workspace");
    const auto role = arguments.value("role");
    if (workspace_id.has_value() != role.has_value())
        throw UsageError("--workspace and --role go together");
    if (role && *role != "admin" && *role != "editor" && *role != "viewer")
        throw UsageError("--role must be admin, editor or viewer");

    Installation installation(arguments);
    std::optional<accounts::SignInService::Membership> membership;
    if (workspace_id) membership = {installation.workspace(*workspace_id).id, *role};
    auto service = signIn(installation);
    const auto user = service.createUser(email, arguments.value("tenant-role").value_or("member"),
                                         operatorHere(), membership);
    arguments.print(
        user.id.str(),
        {{"id", user.id.str()}, {"email", user.email}, {"tenantRole", user.tenant_role}});
    return 0;
}

int setPassword(const Arguments& arguments) {
    const auto email = arguments.required("email");
    Installation installation(arguments);
    const auto user = requireUser(installation, email);
    const auto password = readNewPassword();
    auto service = signIn(installation);
    service.resetPassword(user.id, password, operatorHere());
    arguments.print("The password is set; every session of this person has ended.",
                    {{"id", user.id.str()}, {"email", user.email}});
    return 0;
}

int makeLoginLink(const Arguments& arguments) {
    const auto email = arguments.required("email");
    Installation installation(arguments);
    const auto user = requireUser(installation, email);
    auto service = signIn(installation);
    const auto secret = service.makeLink(user.id, operatorHere());
    const auto expires_at = installation.clock.now() + accounts::SessionPolicy{}.link_lifetime;
    // Behind the '#' it stays in the browser: no proxy or log on the way sees it.
    const auto url =
        installation.config.server.public_url + "/sign-in/link#" + std::string(secret.reveal());
    arguments.print(url, {{"url", url}, {"expiresAt", toIso8601(expires_at)}});
    return 0;
}

}  // namespace

Command userCreateCommand() {
    return {"user create",
            "Make a person who can sign in to the dashboard; prints the id",
            "",
            {kEmail,
             {"tenant-role", "ROLE", "owner, super_admin or member (default)"},
             {"workspace", "ID", "also make the person a member of this workspace"},
             {"role", "ROLE", "with --workspace: admin, editor or viewer"}},
            createUser};
}

Command userPasswordCommand() {
    return {"user password",
            "Set a person's password, read from the terminal or the first line of standard input",
            "",
            {kEmail},
            setPassword};
}

Command userLoginLinkCommand() {
    return {"user login-link",
            "Make a one-time sign-in link, good for 15 minutes",
            "",
            {kEmail},
            makeLoginLink};
}

}  // namespace postato::app
