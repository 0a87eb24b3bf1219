"""Rules of formation: the thresholds of the routes, and whether members may be named."""
