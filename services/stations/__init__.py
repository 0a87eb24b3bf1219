"""Opening hours of stations, and the nearest stations."""
