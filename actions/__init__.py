"""What the assistant does in a turn. Thin: everything is decided in `lotse.answering`."""

from actions.guidance import ActionGuidance

__all__ = ["ActionGuidance"]
