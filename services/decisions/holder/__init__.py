"""Holders: the people who hold posts, known by an id and a sealed name."""
