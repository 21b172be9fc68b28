"""Answer → what a channel shows. Pure functions."""
