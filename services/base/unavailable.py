"""What every store in a database has in common when the database is away."""


class DatabaseUnavailable(Exception):
    """The database did not answer, or refused; whether something was changed is not known."""
