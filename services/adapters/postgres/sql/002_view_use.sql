-- When a program that reads or writes a view's table last said so: tables that nobody uses are dropped.
ALTER TABLE view_versions ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();
