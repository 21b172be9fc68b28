"""Microsoft 365 Agents Playground in front of the assistant, for developers to look at."""
