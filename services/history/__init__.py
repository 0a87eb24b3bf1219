"""The past, from the log alone: views as they were known, and boards at an instant."""
