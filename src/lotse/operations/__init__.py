"""Running the assistant: servers, training, freshness, storage."""
