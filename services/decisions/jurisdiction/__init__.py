"""What one command centre commands: its name and time zone."""
