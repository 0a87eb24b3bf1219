-- How far each partition was read, where a parked jurisdiction holds its checkpoint back: by this a projector that
-- has no partition sees that others are at work.
ALTER TABLE checkpoints ADD COLUMN read_offset bigint NOT NULL DEFAULT 0;
