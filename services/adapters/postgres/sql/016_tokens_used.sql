-- When each token was last used, to the minute. Apart from the tokens, so that a use does not make all processes
-- read every token again.
CREATE TABLE access_used (
    token text PRIMARY KEY REFERENCES access_tokens (id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL
);
