#include "app/installation_paths.hpp"

namespace postato::app {

namespace fs = std::filesystem;

fs::path executablePath() { return fs::read_symlink("/proc/self/exe"); }

InstallationPaths installationPaths() {
    const fs::path prefix = executablePath().parent_path().parent_path();
    const fs::path share = prefix / POSTATO_DATADIR / "postato";
    return {share / "sql" / "migrations", share / "dashboard",
            prefix / POSTATO_LIBDIR / "postato" / "plugins"};
}

}  // namespace postato::app
