"""The demo: play a scenario into a running service and show it live in the terminal."""
