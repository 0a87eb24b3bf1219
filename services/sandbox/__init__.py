"""A whole cluster on one machine, from Python packages alone: for trying Muster, and for its tests."""
