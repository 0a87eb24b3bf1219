-- Web Push: the key that all API processes sign with, phones to be woken, and which process sends what.
CREATE TABLE push_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    private bytea NOT NULL
);
CREATE TABLE push_subscriptions (
    number bigint GENERATED ALWAYS AS IDENTITY,
    endpoint text PRIMARY KEY,
    p256dh text NOT NULL,
    auth text NOT NULL,
    jurisdiction text NOT NULL,
    worker text NOT NULL,
    token text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX push_subscriptions_by_worker ON push_subscriptions (jurisdiction, worker);
CREATE TABLE push_claims (
    push text PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX push_claims_by_end ON push_claims (until);
