"""Measurements of speed, memory and accuracy; none of them is part of the assistant."""
