"""The error of all stores in a database when it is unavailable."""


class DatabaseUnavailable(Exception):
    """The database did not answer, or refused. Whether anything changed is unknown."""
