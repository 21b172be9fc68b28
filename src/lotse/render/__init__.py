"""Renders an `Answer` for all channels: plain text, dates, links. Pure functions."""
