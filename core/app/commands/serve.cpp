#include <Poco/Util/ServerApplication.h>
#include <signal.h>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "app/composition.hpp"
#include "app/key_source.hpp"
#include "app/platform_setup.hpp"
#include "app/termination_signals.hpp"
#include "crypto/process_hardening.hpp"
#include "http/server.hpp"

namespace postato::app {
namespace {

class Service final : public Poco::Util::ServerApplication {
public:
    Service(Composition& composition, TerminationSignals& signals)
        : composition_(composition), signals_(signals) {}

private:
    int main(const std::vector<std::string>&) override {
        composition_.start();
        signals_.wait([this] { composition_.hurry(); });
        composition_.stop();
        return EXIT_OK;
    }

    Composition& composition_;
    TerminationSignals& signals_;
};

int serve(const Arguments& arguments) {
    crypto::hardenProcess();
    auto handed_over = takeRingFromEnvironment();  // before anything that could pass it on
    TerminationSignals signals;
    ::signal(SIGPIPE, SIG_IGN);
    http::raiseDescriptorLimit();

    Problems problems;
    const auto config = readConfig(configFile(arguments), processEnvironment(), problems);
    const auto plugins = loadPlugins(config, problems);
    problems.throwIfAny();
    Composition composition(config, plugins, ringSource(config.encryption, std::move(handed_over)));
    Service service(composition, signals);
    return service.run(std::vector<std::string>{"postato"});
}

}  // namespace

Command serveCommand() {
    return {
        "serve", "Run the service; SIGTERM ends it gracefully, a second one faster", "", {}, serve};
}

}  // namespace postato::app
