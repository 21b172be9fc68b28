"""What is wrong with a setting of a channel."""

from __future__ import annotations

# Settings of earlier versions, and what to do about them.
REMOVED = {
    "feedback_file": (
        "is no setting any more: ratings are kept in the database of endpoints.yml. Remove it; docs/operators.md "
        "(“Ratings of earlier versions”) says how the old file is taken over"
    )
}


class SettingsError(ValueError):
    """A setting that cannot be used; names it and says what would work."""
