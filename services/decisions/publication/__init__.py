"""Published items, which name somebody only with their consent."""
