-- What is wrong with a platform as a whole, while it lasts and for a month afterwards.
CREATE TABLE platform_incidents (
    id TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('app_refused', 'many_rejected', 'platform_unavailable')),
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE UNIQUE INDEX platform_incidents_open ON platform_incidents (platform, cause)
    WHERE closed_at IS NULL;
CREATE INDEX platform_incidents_by_end ON platform_incidents (closed_at);
