"""The sentence encoder: what a message means as one vector. `lotse.encoder.tuning` makes it, the rest runs it."""
