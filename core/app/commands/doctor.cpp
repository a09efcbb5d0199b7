#include "app/doctor.hpp"

#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "crypto/process_hardening.hpp"

namespace postato::app {
namespace {

int doctor(const Arguments& arguments) {
    crypto::hardenProcess();
    bool healthy = true;
    std::string text;
    auto checks = nlohmann::json::array();
    for (const auto& check : examine(configFile(arguments), processEnvironment())) {
        healthy = healthy && check.state != CheckState::Fail;
        auto state = std::string(word(check.state));
        checks.push_back({{"name", check.name}, {"state", state}, {"message", check.message}});
        state.resize(6, ' ');
        if (!text.empty()) text += '\n';
        text += state + check.name + ": " + check.message;
    }
    arguments.print(text, {{"ok", healthy}, {"checks", checks}});
    return healthy ? 0 : kFailure;
}

}  // namespace

Command doctorCommand() {
    return {"doctor",
            "Check configuration, database, key ring, plugins and redirect URIs; changes no data",
            "",
            {},
            doctor};
}

}  // namespace postato::app
