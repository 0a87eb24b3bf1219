"""Core of the application: commands are queued, sealed, decided, appended to the log and answered."""
