"""Posts: created in units, charged with tasks, held for a term; and who answers for what."""
