"""What is measured, each figure beside its limit in the same run. `make bench`."""
