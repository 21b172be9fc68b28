"""Microsoft Teams as a channel of the assistant."""
