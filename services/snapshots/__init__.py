"""Decision snapshots: the confirmed state of a jurisdiction, kept so that a start need not read the log."""
