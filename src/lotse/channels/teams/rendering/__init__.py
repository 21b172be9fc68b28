"""Renders an `Answer` as activities and cards of Microsoft Teams. Pure functions."""
