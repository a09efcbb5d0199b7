#include "persistence/database_url.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>

#include "util/encoding.hpp"

namespace postato::persistence {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite3://";

Error unusable(const std::string& problem) {
    return Error(ErrorCode::InvalidArgument, PublicMessage{"The database URL " + problem});
}

std::string quoted(std::string_view value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

std::map<std::string, std::string> parse(const std::string& url) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(url.c_str(), &complaint), PQconninfoFree);
    // The complaint quotes the URL's parts, and a stray '@' or '/' makes a part of the password.
    if (complaint != nullptr) PQfreemem(complaint);
    if (!parsed) {
        throw unusable(
            "cannot be read: expected postgresql://user:password@host:port/name?parameters, with "
            "special characters in the password percent-encoded");
    }
    std::map<std::string, std::string> values;
    for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) values[option->keyword] = option->val;
    }
    return values;
}

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

}  // namespace

Dialect dialectOf(const std::string& url) {
    if (url.find('\0') != std::string::npos) throw unusable("holds a NUL");
    if (url.starts_with(kSqliteScheme)) {
        sqlitePath(url);
        return Dialect::Sqlite;
    }
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
        parse(url);
        return Dialect::Postgresql;
    }
    throw unusable("must begin with sqlite3:/// or postgresql://");
}

std::string sqlitePath(const std::string& url) {
    std::string path = url.substr(kSqliteScheme.size());
    if (!path.starts_with('/') || path.ends_with('/')) {
        throw unusable(
            "must name a file by its absolute path: sqlite3:///var/lib/postato/postato.db");
    }
    // SOCI's connection string has no way to write a quotation mark.
    if (path.find('"') != std::string::npos || !isStorableText(path)) {
        throw unusable("names a file with a character that is not supported");
    }
    return path;
}

std::string postgresqlConninfo(const std::string& url, const PostgresqlTimeouts& timeouts) {
    auto values = parse(url);
    const bool several_hosts = values["host"].find(',') != std::string::npos;
    if (values["host"].empty()) values.erase("host");

    // libpq counts whole seconds and takes 1 for 2; the exact limit is kept by the session itself.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeouts.connect).count();
    values.emplace("connect_timeout", std::to_string(std::max<std::int64_t>(2, seconds)));
    values.emplace("application_name", "postato");
    values.emplace("client_encoding", "UTF8");
    values.emplace("keepalives_idle", "5");
    values.emplace("keepalives_interval", "2");
    values.emplace("keepalives_count", "2");
    if (several_hosts) values.emplace("target_session_attrs", "read-write");
    if (timeouts.statement) {
        const auto statement = *timeouts.statement;
        values.emplace("tcp_user_timeout", milliseconds(statement));
        // Ours first: of two equal settings the last one counts, which is the URL's. The last of
        // ours: a server or role may be set to answer COMMIT before it has flushed anything.
        values["options"] =
            "-c statement_timeout=" + milliseconds(statement) +
            " -c lock_timeout=" + milliseconds(statement / 2) +
            " -c idle_in_transaction_session_timeout=" + milliseconds(2 * statement) +
            " -c synchronous_commit=on " + values["options"];
    }

    std::string conninfo;
    for (const auto& [keyword, value] : values) conninfo += keyword + "=" + quoted(value) + " ";
    return conninfo;
}

}  // namespace postato::persistence
