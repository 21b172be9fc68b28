"""Running the assistant: servers, training, and whether the model is up to date."""
