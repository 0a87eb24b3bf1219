-- When each file was last put, so that one that nothing names can be deleted later.
ALTER TABLE sealed_files ADD COLUMN put_at timestamptz NOT NULL DEFAULT now();
