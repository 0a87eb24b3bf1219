"""The demo: plays a scenario into a running service, and shows it live in the terminal."""
