-- Keys of personal data, each wrapped by the master key. The secrets of who was erased are gone; the row stays.
CREATE TABLE vault_own (
    name text PRIMARY KEY,
    wrapped bytea NOT NULL
);
CREATE TABLE vault_keys (
    jurisdiction text NOT NULL,
    subject text NOT NULL,
    wrapped bytea,
    phone bytea,
    erased boolean NOT NULL DEFAULT false,
    PRIMARY KEY (jurisdiction, subject),
    CHECK (CASE WHEN erased THEN wrapped IS NULL AND phone IS NULL ELSE wrapped IS NOT NULL END)
) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
-- Old versions of a row hold what was erased: any number of them is worth a vacuum.
CREATE INDEX vault_keys_by_phone ON vault_keys (jurisdiction, phone) WHERE phone IS NOT NULL;

-- An erased subject never gets a key again, whatever a program does.
CREATE FUNCTION vault_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key of % in % was erased, and stays so', OLD.subject, OLD.jurisdiction;
END $$;
CREATE TRIGGER vault_stays_erased BEFORE UPDATE ON vault_keys
    FOR EACH ROW WHEN (OLD.erased AND NOT NEW.erased) EXECUTE FUNCTION vault_stays_erased();
