"""Terms: entries of the coded lists that a jurisdiction can extend."""
