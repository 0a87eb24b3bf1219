"""Source lists: their editions and entries, and verdicts on which enterprise an entry is."""
