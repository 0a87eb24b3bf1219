"""The services: everything that decides or has side effects."""
