"""The guidance content: its model, how it is loaded and checked. Knows nothing of Rasa."""

from lotse.guide.load import load_guide
from lotse.guide.model import Guide, Passage, Topic
from lotse.guide.problems import ContentError, Problem

__all__ = ["ContentError", "Guide", "Passage", "Problem", "Topic", "load_guide"]
