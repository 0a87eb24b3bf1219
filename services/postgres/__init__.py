"""PostgreSQL: what all that is kept there has in common."""
