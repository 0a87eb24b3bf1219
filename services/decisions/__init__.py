"""Decisions: commands, the rules that accept or refuse them, and the state those rules need. Pure."""
