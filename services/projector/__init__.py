"""Projectors: Faust agents that fold the log into the views, in separate processes from the API."""
