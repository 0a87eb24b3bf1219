"""Decision snapshots: a jurisdiction's confirmed state, stored so that startup need not read the log."""
