"""What runs in one process: writers, projector and ticker around one log and one store of views."""
