#pragma once

/// \file
/// A database with one table in it, for what has nothing to do with the schema; and what a call
/// throws.

#include <functional>
#include <stdexcept>
#include <string>

#include "support/test_database.hpp"

namespace postato::persistence::testing {

using postato::testing::Backend;
using postato::testing::backends;
using postato::testing::TestDatabase;

inline constexpr Statement kPutThing{
    "test.put", "INSERT INTO things (id, text, number) VALUES (:id, :text, :number)"};
inline constexpr Statement kGetThing{"test.get", "SELECT text, number FROM things WHERE id = :id",
                                     "ti"};

/// Inserts `id` with a NULL and a NULL.
inline void putThing(Transaction& tx, std::int64_t id) {
    tx.execute(kPutThing, {arg("id", id), {"text", {}}, {"number", {}}});
}

struct Things {
    explicit Things(const Backend& backend, const TestDatabase::Adjust& adjust = {})
        : db(backend, TestDatabase::Schema::Empty, adjust) {
        db.sql("CREATE TABLE things (id BIGINT PRIMARY KEY, text TEXT, number BIGINT)");
    }

    void put(std::int64_t id, const Value& text = {}, const Value& number = {}) {
        db->write([&](Transaction& tx) {
            tx.execute(kPutThing, {arg("id", id), {"text", text}, {"number", number}});
        });
    }
    Row get(std::int64_t id) {
        return db->read([&](Transaction& tx) { return *tx.queryOne(kGetThing, {arg("id", id)}); });
    }
    std::int64_t count() { return db.number("SELECT COUNT(*) FROM things"); }

    TestDatabase db;
};

/// What `call` throws, which it must.
inline Error thrownBy(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    throw std::logic_error("nothing was thrown");
}
inline ErrorCode codeOf(const std::function<void()>& call) { return thrownBy(call).code(); }

}  // namespace postato::persistence::testing
