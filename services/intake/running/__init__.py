"""Run imports and previews: for the command line, for uploaded files, or against a running server."""
