"""How people reach the assistant. Thin: channels carry answers, they do not change them."""
