"""The application's heart: commands are queued, sealed, decided, appended to the log, and answered."""
