-- The nearest of the warnings before `reconnect_by` that was given: 14, 3 or 1 days.
ALTER TABLE social_accounts ADD COLUMN reconnect_warned_days BIGINT;
CREATE INDEX social_accounts_by_horizon ON social_accounts (reconnect_by)
    WHERE deleted_at IS NULL AND reconnect_by IS NOT NULL;
