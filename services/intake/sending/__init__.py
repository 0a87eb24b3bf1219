"""Keep drafts on disk, send them in order, and account for every row."""
