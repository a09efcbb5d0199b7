-- The first schema, one text for PostgreSQL and SQLite: TEXT, BIGINT, CHECK, partial indexes.
-- Times are UTC epoch milliseconds; booleans are 0 or 1; sealed values are base64url text in the
-- format of core/crypto/token_cipher.hpp. Every table that grows carries workspace_id.

CREATE TABLE installation (
    id TEXT PRIMARY KEY,
    only_one BIGINT NOT NULL UNIQUE CHECK (only_one = 1),
    created_at BIGINT NOT NULL
);

-- Data keys, wrapped by the key ring's key; `seals` counts values sealed under the key.
CREATE TABLE data_keys (
    id BIGINT PRIMARY KEY,
    wrapped TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'retiring', 'retired')),
    seals BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    tenant_role TEXT NOT NULL CHECK (tenant_role IN ('owner', 'super_admin', 'member')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE workspace_members (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX workspace_members_by_user ON workspace_members (user_id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'selected')),
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE api_key_workspaces (
    api_key_id TEXT NOT NULL REFERENCES api_keys (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (api_key_id, workspace_id)
);

-- Sign-in sessions of the dashboard; only the hash of the cookie's value is kept.
CREATE TABLE dashboard_sessions (
    id_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX dashboard_sessions_by_user ON dashboard_sessions (user_id);
CREATE INDEX dashboard_sessions_by_expiry ON dashboard_sessions (expires_at);

CREATE TABLE sign_in_links (
    secret_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Counts of one subject (an address, an e-mail, an account) in one window of time.
CREATE TABLE throttles (
    subject TEXT PRIMARY KEY,
    window_ends_at BIGINT NOT NULL,
    hits BIGINT NOT NULL
);

CREATE TABLE social_accounts (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    platform TEXT NOT NULL,
    platform_user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    grant_key TEXT NOT NULL,
    username TEXT,
    display_name TEXT,
    avatar_url TEXT,
    profile_url TEXT,
    account_type TEXT,
    status TEXT NOT NULL CHECK (status IN ('connected', 'token_expired', 'suspended')),
    status_reason TEXT CHECK (status_reason IN ('user_revoked', 'refresh_token_expired',
        'rotation_lost', 'no_refresh_token', 'scope_missing', 'account_suspended', 'unknown')),
    status_since BIGINT NOT NULL,
    scopes_requested TEXT NOT NULL,
    scopes_granted TEXT NOT NULL,
    connected_by TEXT,
    connected_at BIGINT NOT NULL,
    reconnect_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (workspace_id, id)
);
CREATE UNIQUE INDEX social_accounts_live_identity
    ON social_accounts (workspace_id, platform, platform_user_id) WHERE deleted_at IS NULL;
CREATE INDEX social_accounts_list ON social_accounts (workspace_id, created_at, id);
CREATE INDEX social_accounts_by_grant ON social_accounts (grant_key) WHERE deleted_at IS NULL;

-- Secrets stand apart from what lists read. `generation` rises with every write of a pair: it is the
-- compare-and-set key and part of the associated data of both ciphertexts.
CREATE TABLE social_account_tokens (
    account_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    generation BIGINT NOT NULL,
    access_sealed TEXT NOT NULL,
    refresh_sealed TEXT,
    plugin_data_sealed TEXT,
    key_id BIGINT NOT NULL,
    token_type TEXT NOT NULL,
    refreshes_itself BIGINT NOT NULL CHECK (refreshes_itself IN (0, 1)),
    issued_at BIGINT NOT NULL,
    access_expires_at BIGINT,
    refresh_expires_at BIGINT,
    earliest_refresh_at BIGINT,
    next_refresh_at BIGINT,
    lease_owner TEXT,
    lease_epoch BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT,
    in_doubt_since BIGINT,
    rejects BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    last_error_code TEXT,
    written_by TEXT,
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts (workspace_id, id)
);
CREATE INDEX social_account_tokens_due ON social_account_tokens (platform, next_refresh_at)
    WHERE next_refresh_at IS NOT NULL;

CREATE TABLE refresh_attempts (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    lease_epoch BIGINT NOT NULL,
    owner TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    code TEXT,
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts (workspace_id, id)
);
CREATE INDEX refresh_attempts_by_account ON refresh_attempts (account_id, started_at);
CREATE INDEX refresh_attempts_by_age ON refresh_attempts (started_at);

-- Invitations: an API client makes one, a human opens it.
CREATE TABLE connect_links (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    secret_hash TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    reconnect_account_id TEXT,
    return_url TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX connect_links_by_expiry ON connect_links (expires_at);

-- A pending authorization (RFC 6749 4.1). `state` and the browser's cookie are kept as hashes.
CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    platform TEXT NOT NULL,
    state_hash TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL,
    user_id TEXT,
    session_hash TEXT,
    connect_link_id TEXT,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    issuer TEXT NOT NULL,
    verifier_sealed TEXT,
    scopes TEXT NOT NULL,
    reconnect_account_id TEXT,
    return_to TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    candidates_sealed TEXT,
    candidates_expire_at BIGINT,
    outcome TEXT CHECK (outcome IN ('choosing', 'connected', 'denied', 'failed')),
    outcome_code TEXT,
    outcome_detail TEXT,
    account_ids TEXT,
    finished_at BIGINT,
    CHECK (user_id IS NOT NULL OR connect_link_id IS NOT NULL)
);
CREATE INDEX connections_by_expiry ON connections (expires_at);
CREATE INDEX connections_by_user ON connections (user_id, created_at);

-- Revocations waiting for the platform. The sealed credentials are erased when the row is done.
CREATE TABLE revocations (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    account_id TEXT,
    platform TEXT NOT NULL,
    client_id TEXT NOT NULL,
    grant_key TEXT NOT NULL,
    credentials_sealed TEXT,
    created_at BIGINT NOT NULL,
    give_up_at BIGINT NOT NULL,
    next_attempt_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT,
    outcome TEXT CHECK (outcome IN ('revoked', 'already_gone', 'unsupported',
        'skipped_shared_grant', 'failed')),
    finished_at BIGINT
);
CREATE INDEX revocations_due ON revocations (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX revocations_by_account ON revocations (account_id);

CREATE TABLE account_events (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts (workspace_id, id)
);
CREATE INDEX account_events_list ON account_events (workspace_id, account_id, at, id);
