"""Assignments: one worker or team on one request, from the offer to the end."""
