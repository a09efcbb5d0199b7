// postato: the command line.

#include <sys/stat.h>

#include "app/commands/commands.hpp"

int main(int argc, char** argv) {
    // Whatever is written (database, key ring, plugin copies) is for this user alone.
    umask(077);
    return postato::app::runCommandLine({argv + 1, argv + argc}, postato::app::allCommands());
}
