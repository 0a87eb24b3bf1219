"""The HTTP server: where it listens, its TLS, what pages are told of the world outside."""
