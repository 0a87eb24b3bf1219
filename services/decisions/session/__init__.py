"""Training sessions: places, waiting list, the code at the door, and presence."""
