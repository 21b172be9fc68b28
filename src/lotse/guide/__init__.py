"""The guidance content: its model, how it is loaded and checked. Knows nothing of Rasa."""

from lotse.guide.load import languages, load_guide
from lotse.guide.model import Guide, Passage, Topic
from lotse.guide.problems import ContentError, Problem
from lotse.guide.translation import ORIGINAL

__all__ = ["ORIGINAL", "ContentError", "Guide", "Passage", "Problem", "Topic", "languages", "load_guide"]
