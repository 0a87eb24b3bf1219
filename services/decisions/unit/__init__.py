"""Units: a tree in which each has a duty; established, renamed, moved, charged, dissolved."""
