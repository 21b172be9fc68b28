"""Interprets incoming activities. Pure functions."""
