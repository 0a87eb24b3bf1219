"""Events, the commits that group them, and the rules shared by all readers. Pure."""
