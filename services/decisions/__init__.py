"""What may happen: commands, the rules that accept or refuse them, and the state the rules need. Pure."""
