"""Certificates on paper: the signed code, and the PDF that carries it."""
