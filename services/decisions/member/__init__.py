"""Members by name: sealed, and only where the rules of formation allow it."""
