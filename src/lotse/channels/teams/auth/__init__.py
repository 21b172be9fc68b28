"""Authentication: checks that requests come from Microsoft, and gets the bot's own access token."""
