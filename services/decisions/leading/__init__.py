"""Which post leads a chapter."""
