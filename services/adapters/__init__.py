"""Adapters: implementations of the ports, by the store they use."""
