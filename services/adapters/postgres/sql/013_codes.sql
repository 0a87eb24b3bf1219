-- One-time sign-in codes, by hash; at most one of each worker. Who redeems one deletes it.
CREATE TABLE access_codes (
    hash text PRIMARY KEY,
    jurisdiction text NOT NULL,
    worker text NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (jurisdiction, worker)
);
