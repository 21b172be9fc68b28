"""Lets Microsoft's own parser of Adaptive Cards read every kind of card that the assistant can send."""
