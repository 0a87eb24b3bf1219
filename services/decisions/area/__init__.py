"""Areas: define, rename, close."""
