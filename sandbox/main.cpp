// postato-sandbox: parses the command line, starts the server, waits for the signal to stop.

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <iostream>

#include "options.hpp"
#include "server.hpp"

int main(int argc, char** argv) {
    using namespace postato::sandbox;
    try {
        const auto options = parseOptions({argv + 1, argv + argc});
        if (options.help) {
            std::cout << kUsage;
            return 0;
        }
        // Blocked before any thread starts, so that every thread leaves them to sigwait.
        sigset_t stop_signals;
        sigemptyset(&stop_signals);
        sigaddset(&stop_signals, SIGTERM);
        sigaddset(&stop_signals, SIGINT);
        pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
        signal(SIGPIPE, SIG_IGN);

        const Server server(options.host, options.port);
        std::cout << R"({"url":")" << server.url() << R"(","port":)" << server.port()
                  << R"(,"pid":)" << getpid() << "}" << std::endl;
        if (!options.json) {
            std::cerr << "The sandbox is ready; its calls: " << server.url() << "/_sandbox\n";
        }
        int received = 0;
        sigwait(&stop_signals, &received);
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << "postato-sandbox: " << problem.what() << "\n";
        return 1;
    }
}
