"""Read tables from files: encodings, CSV, JSON and workbooks, matched to a mapping by their header."""
