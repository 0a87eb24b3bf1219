-- Which log the views are of, and how far each of its partitions was certainly read (a hint: the heads decide).
CREATE TABLE source (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    log text NOT NULL
);
CREATE TABLE checkpoints (
    partition integer PRIMARY KEY,
    next_offset bigint NOT NULL
);
