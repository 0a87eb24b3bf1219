-- Pictures sealed under their subject's key, named by the SHA-256 of the sealed bytes.
CREATE TABLE sealed_files (
    jurisdiction text NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (jurisdiction, name)
);
CREATE INDEX sealed_files_by_subject ON sealed_files (jurisdiction, subject);
ALTER TABLE sealed_files ALTER COLUMN sealed SET STORAGE EXTERNAL;
