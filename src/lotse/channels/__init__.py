"""The channels: REST, web chat, Microsoft Teams. They render answers and do not change them."""
