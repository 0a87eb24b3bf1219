"""A complete cluster on one machine from Python packages alone, for evaluation and tests."""
