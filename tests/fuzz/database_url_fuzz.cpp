/// \file
/// A database URL: understood, or refused without repeating it, since any part may be a password.

#include <string>

#include "fuzz.hpp"
#include "persistence/database_url.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::persistence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kMark = "hunter2secret";
    const std::string text(fuzz::textOf(data, size));
    for (const auto& url :
         {text, text + std::string(kMark), "postgresql://a:" + std::string(kMark) + "@" + text}) {
        try {
            if (dialectOf(url) == Dialect::Sqlite)
                fuzz::require(sqlitePath(url).starts_with('/'));
            else
                postgresqlConninfo(url, {});
        } catch (const Error& error) {
            fuzz::require(error.code() == ErrorCode::InvalidArgument);
            fuzz::require(error.message().find(kMark) == std::string::npos);
            fuzz::require(error.detail().find(kMark) == std::string::npos);
        }
    }
    return 0;
}
