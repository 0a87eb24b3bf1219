"""Brands of trades."""
