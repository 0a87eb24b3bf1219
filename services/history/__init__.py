"""The past, rebuilt from the log: views as they were known, and boards at an instant."""
