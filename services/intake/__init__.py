"""Scenarios and imports: tables of any shape become commands, by mapping files."""
