-- What all views of one file share. Each view's own table follows from its declaration (sqlite_table.py).
CREATE TABLE heads (
  jurisdiction TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE degraded (
  jurisdiction TEXT NOT NULL,
  view TEXT NOT NULL,
  since INTEGER NOT NULL,  -- position; 0 = the view is new or changed and was not folded yet
  PRIMARY KEY (jurisdiction, view)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (
  jurisdiction TEXT NOT NULL,
  upto INTEGER NOT NULL,
  after INTEGER NOT NULL,
  size INTEGER NOT NULL,   -- bytes of changes
  changes BLOB NOT NULL,   -- zstd of JSON: [[view, key, row before, row after], ...]
  PRIMARY KEY (jurisdiction, upto)
) STRICT;

CREATE TABLE view_versions (
  view TEXT PRIMARY KEY,
  table_name TEXT NOT NULL,
  signature TEXT NOT NULL
) STRICT, WITHOUT ROWID;
