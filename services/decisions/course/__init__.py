"""Courses, and the hours of training that each person should have in a year."""
