"""Chapters: proposed by rule, formed, renewed, joined and left, merged, dissolved."""
