-- Decision snapshots: at most one of a jurisdiction; the payload in parts, as one value cannot exceed 1 GB.
CREATE TABLE decision_snapshots (
    jurisdiction text PRIMARY KEY,
    log text NOT NULL,
    position bigint NOT NULL,
    hash text NOT NULL,
    place bigint,
    code text NOT NULL,
    checksum text NOT NULL
);
CREATE TABLE decision_snapshot_parts (
    jurisdiction text NOT NULL REFERENCES decision_snapshots (jurisdiction) ON DELETE CASCADE,
    part integer NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (jurisdiction, part)
);
ALTER TABLE decision_snapshot_parts ALTER COLUMN payload SET STORAGE EXTERNAL;
