-- What people, API clients and the service itself have done. Each record carries a hash over itself
-- and the hash of the record before it in its chain: one chain for each workspace, named by its id,
-- and one for the installation. See core/audit/audit_trail.hpp.
CREATE TABLE audit_records (
    chain TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    account_id TEXT,
    data TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, sequence),
    FOREIGN KEY (chain, account_id) REFERENCES social_accounts (workspace_id, id)
);
CREATE INDEX audit_records_by_account ON audit_records (chain, account_id, at, id)
    WHERE account_id IS NOT NULL;
-- Where each chain ends: shows that records were cut off, and lets one writer at a time go on.
CREATE TABLE audit_chains (
    chain TEXT PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);

-- Events from before there was a chain come first, unlinked. Their table stays for processes of the
-- version before, and goes with a later one.
INSERT INTO audit_records (chain, sequence, id, at, type, actor, origin, account_id, data, hash)
    SELECT workspace_id, ROW_NUMBER() OVER (PARTITION BY workspace_id ORDER BY at, id), id, at, type,
        actor, '', account_id, data, 'imported' FROM account_events;
INSERT INTO audit_chains (chain, sequence, hash)
    SELECT chain, MAX(sequence), 'imported' FROM audit_records GROUP BY chain;

-- The network that a browser began from.
ALTER TABLE connections ADD COLUMN origin TEXT;
