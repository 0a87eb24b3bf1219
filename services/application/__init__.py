"""The application: writers, projector and ticker of one process, around a log and its views."""
