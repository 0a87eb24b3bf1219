-- What all views share. Each view's own table follows from its declaration (services/views/postgres_table.py).
CREATE TABLE heads (
    jurisdiction text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    hash text NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE degraded (
    jurisdiction text COLLATE "C" NOT NULL,
    table_name text NOT NULL,
    since bigint NOT NULL, -- position; 0 = the view is new or changed and was not folded yet
    PRIMARY KEY (jurisdiction, table_name)
);

CREATE TABLE steps (
    jurisdiction text COLLATE "C" NOT NULL,
    upto bigint NOT NULL,
    after bigint NOT NULL,
    size integer NOT NULL,   -- bytes of changes
    changes bytea NOT NULL,  -- zstd of JSON: [[view, key, row before, row after], ...]
    PRIMARY KEY (jurisdiction, upto)
);
ALTER TABLE steps ALTER COLUMN changes SET STORAGE EXTERNAL; -- compressed already

CREATE TABLE view_versions (
    table_name text PRIMARY KEY,
    view text NOT NULL,
    signature text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
