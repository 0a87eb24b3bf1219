"""Verify the log and the views (`muster verify`)."""
