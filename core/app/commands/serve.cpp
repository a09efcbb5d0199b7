#include <Poco/Util/ServerApplication.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "app/composition.hpp"
#include "app/platform_setup.hpp"
#include "crypto/process_hardening.hpp"
#include "http/server.hpp"

namespace postato::app {
namespace {

/// Blocked in the first thread before any other starts, so that every thread leaves them to the one
/// that waits.
void blockTerminationSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGQUIT}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

class Service final : public Poco::Util::ServerApplication {
public:
    explicit Service(Composition& composition) : composition_(composition) {}

private:
    int main(const std::vector<std::string>&) override {
        composition_.start();
        waitForTerminationRequest();
        std::atomic<bool> stopped = false;
        std::thread second([&] {
            waitForTerminationRequest();
            if (!stopped) composition_.hurry();
        });
        composition_.stop();
        stopped = true;
        pthread_kill(second.native_handle(), SIGTERM);  // nobody waits for the second one any more
        second.join();
        return EXIT_OK;
    }

    Composition& composition_;
};

int serve(const Arguments& arguments) {
    crypto::hardenProcess();
    blockTerminationSignals();
    http::raiseDescriptorLimit();

    Problems problems;
    const auto config = readConfig(configFile(arguments), processEnvironment(), problems);
    const auto plugins = loadPlugins(config, problems);
    problems.throwIfAny();
    Composition composition(config, plugins);
    Service service(composition);
    return service.run(std::vector<std::string>{"postato"});
}

}  // namespace

Command serveCommand() {
    return {
        "serve", "Run the service; SIGTERM ends it gracefully, a second one faster", "", {}, serve};
}

}  // namespace postato::app
