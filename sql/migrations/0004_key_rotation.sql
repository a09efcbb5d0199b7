-- When another key took a data key's place; NULL for the active one.
ALTER TABLE data_keys ADD COLUMN replaced_at BIGINT;
CREATE INDEX social_account_tokens_by_key ON social_account_tokens (key_id, account_id);
-- Keys that the answer journals on the machines' disks may hold answers under: said here before the
-- first such answer, taken back after the last.
CREATE TABLE journal_keys (
    journal_id TEXT NOT NULL,
    key_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    PRIMARY KEY (journal_id, key_id)
);
