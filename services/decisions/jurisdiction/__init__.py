"""The jurisdiction of one command centre: its name and time zone."""
