"""What an incoming activity means. Pure functions."""
