"""Service: plans, what was recorded by hand, and lengths that were confirmed."""
