"""Visits of the alliance to enterprises and groups."""
