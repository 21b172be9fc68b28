"""What developers use beside the assistant itself; not installed with it."""
