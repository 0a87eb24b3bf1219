"""Benchmarks (`make bench`), each with its limit or peer measured in the same run."""
