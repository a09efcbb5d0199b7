# Every library the product links, all of them from Debian's packages (scripts/lib/packages.sh).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Poco REQUIRED COMPONENTS Foundation Net NetSSL Crypto Util)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

# Debian's SOCI has no CMake package.
find_path(SOCI_INCLUDE_DIR soci/soci.h REQUIRED)
foreach(part core postgresql sqlite3)
    find_library(SOCI_${part}_LIBRARY soci_${part} REQUIRED)
endforeach()
add_library(postato_soci INTERFACE)
target_include_directories(postato_soci SYSTEM INTERFACE ${SOCI_INCLUDE_DIR}
                           ${PostgreSQL_INCLUDE_DIRS})
target_link_libraries(postato_soci INTERFACE ${SOCI_postgresql_LIBRARY} ${SOCI_sqlite3_LIBRARY}
                      ${SOCI_core_LIBRARY} PostgreSQL::PostgreSQL SQLite::SQLite3)

# Debian's CMake package also asks for the HTTP server of its own that we do not use.
find_path(PROMETHEUS_INCLUDE_DIR prometheus/registry.h REQUIRED)
find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
add_library(postato_prometheus INTERFACE)
target_include_directories(postato_prometheus SYSTEM INTERFACE ${PROMETHEUS_INCLUDE_DIR})
target_link_libraries(postato_prometheus INTERFACE ${PROMETHEUS_CORE_LIBRARY})
