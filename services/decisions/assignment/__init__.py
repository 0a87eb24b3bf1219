"""Assignments: one worker or team on one request, from offer to end."""
