"""The HTTP server: its address, TLS, and the settings of pages about other origins."""
