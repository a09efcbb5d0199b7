#pragma once

/// \file
/// A database with an audit trail, and hands that change it behind its back.

#include <string>
#include <vector>

#include "audit/audit_trail.hpp"
#include "audit/audit_verification.hpp"
#include "support/test_database.hpp"

namespace postato::audit::testing {

struct AuditWorld {
    explicit AuditWorld(const postato::testing::Backend& backend)
        : dialect(backend.dialect), db(backend) {}

    void act(const std::string& type) {
        db->write([&](persistence::Transaction& tx) {
            record(tx, {.type = type, .actor = {"usr_1", "192.0.2.7"}}, db.random);
        });
    }
    void actIn(const WorkspaceId& workspace, const std::string& type) {
        db->write([&](persistence::Transaction& tx) {
            record(tx, workspace, {.type = type, .actor = {"usr_1", "192.0.2.7"}}, db.random);
        });
    }
    std::vector<persistence::AuditRecord> records() {
        return db->read([](persistence::Transaction& tx) {
            return persistence::AuditRepository(tx).behind(kInstallationChain, 0, 1000);
        });
    }
    /// As somebody who may do anything to the database.
    void tamper(const std::string& statement) {
        if (dialect == persistence::Dialect::Sqlite) {
            db.sql("DROP TRIGGER IF EXISTS audit_records_kept");
            db.sql("DROP TRIGGER IF EXISTS audit_records_stay");
        } else {
            db.sql("ALTER TABLE audit_records DISABLE TRIGGER ALL");
        }
        db.sql(statement);
    }
    /// As somebody who may add to the trail.
    void forge(std::int64_t sequence) {
        const auto number = std::to_string(sequence);
        db.sql(
            "INSERT INTO audit_records (chain, sequence, id, at, type, actor, origin, data, hash) "
            "VALUES ('installation', " +
            number + ", 'evt_" + number + "', 1, 'act.forged', 'usr_2', '', '{}', 'x')");
    }
    std::vector<std::string> problems(const std::vector<persistence::AuditChainEnd>& kept = {}) {
        return verify(*db, kept).problems;
    }

    persistence::Dialect dialect;
    postato::testing::TestDatabase db;
};

}  // namespace postato::audit::testing
