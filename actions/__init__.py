"""What the assistant does in a turn. Thin: everything is decided in `lotse.answering`."""

from actions.guidance import ActionGuidance
from lotse.rasa_adapter import sanic_patches

# Every way to start the action server imports this package before it serves.
sanic_patches.apply()

__all__ = ["ActionGuidance"]
