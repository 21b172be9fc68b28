"""Tokens: whether a request comes from Microsoft, and the bot's own access token."""
