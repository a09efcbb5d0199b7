/// \file
/// A database URL: understood as libpq understands it, or refused without repeating it, since any
/// part may be a password.

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>

#include "fuzz.hpp"
#include "persistence/database_url.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::persistence;
using fuzz::require;

namespace {

constexpr std::string_view kMark = "hunter2secret";

std::map<std::string, std::string> readByLibpq(const std::string& text) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(text.c_str(), nullptr), PQconninfoFree);
    require(parsed != nullptr);
    std::map<std::string, std::string> values;
    for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr && *option->val != '\0') values[option->keyword] = option->val;
    return values;
}

/// What the URL says is what libpq is told, to the letter; nothing in it becomes another setting.
void checkConninfo(const std::string& url) {
    const auto said = readByLibpq(url);
    const auto told = readByLibpq(postgresqlConninfo(url, {}));
    for (const auto& [keyword, value] : said) require(told.at(keyword) == value);
    for (const auto* keyword : {"host", "hostaddr", "user", "password", "dbname", "sslmode"})
        require(told.count(keyword) == said.count(keyword));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::textOf(data, size));
    for (const auto& url :
         {text, text + std::string(kMark), "postgresql://a:" + std::string(kMark) + "@" + text}) {
        try {
            if (dialectOf(url) == Dialect::Postgresql)
                checkConninfo(url);
            else
                require(sqlitePath(url).starts_with('/') && !sqlitePath(url).ends_with('/'));
        } catch (const Error& error) {
            require(error.code() == ErrorCode::InvalidArgument);
            require(error.message().find(kMark) == std::string::npos);
            require(error.detail().find(kMark) == std::string::npos);
        }
    }
    return 0;
}
