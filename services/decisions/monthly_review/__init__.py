"""Monthly reviews of the undertakings."""
