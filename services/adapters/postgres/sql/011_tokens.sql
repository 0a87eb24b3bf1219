-- Access tokens and browser sessions, by hash. Each change moves the version, which all processes look at.
CREATE TABLE access_version (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO access_version (version) VALUES (1);
CREATE TABLE access_tokens (
    number bigint GENERATED ALWAYS AS IDENTITY,
    id text PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    name text NOT NULL,
    scope text NOT NULL,
    jurisdictions text[] NOT NULL,
    areas text[] NOT NULL,
    worker text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX access_tokens_by_name ON access_tokens (name) WHERE revoked_at IS NULL;
CREATE TABLE access_sessions (
    hash text PRIMARY KEY,
    token text NOT NULL REFERENCES access_tokens (id),
    expires_at timestamptz NOT NULL
);
CREATE INDEX access_sessions_by_token ON access_sessions (token);
