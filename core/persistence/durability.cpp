#include "persistence/durability.hpp"

namespace postato::persistence {

constexpr Statement kUnsafe{"durability.unsafe_settings",
                            "SELECT name FROM pg_settings "
                            "WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') "
                            "AND setting = 'off' "
                            "ORDER BY name",
                            "t"};

std::vector<std::string> unsafeSettings(Database& database) {
    if (database.dialect() == Dialect::Sqlite) return {};
    return database.read([](Transaction& tx) {
        std::vector<std::string> names;
        for (const auto& row : tx.query(kUnsafe)) names.push_back(row.text(0));
        return names;
    });
}

constexpr Statement kIncarnation{
    "durability.incarnation",
    "SELECT CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) AS TEXT) || '/' || "
    "CAST(CAST(CAST('social_account_tokens' AS regclass) AS oid) AS TEXT)",
    "t"};

std::string incarnation(Transaction& tx) {
    if (tx.dialect() == Dialect::Sqlite) return "sqlite";
    return tx.queryOne(kIncarnation)->text(0);
}

}  // namespace postato::persistence
