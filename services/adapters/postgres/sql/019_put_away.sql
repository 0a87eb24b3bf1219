-- Rows of a jurisdiction's state that were put away along with its decision snapshot, which holds the rest.
CREATE TABLE decision_rows (
    jurisdiction text NOT NULL REFERENCES decision_snapshots (jurisdiction) ON DELETE CASCADE,
    key text NOT NULL,
    name text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (jurisdiction, key, name)
);
