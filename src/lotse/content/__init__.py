"""The guidance content: its model, loading and checks. Does not depend on Rasa."""

from lotse.content.loading import languages, load_guide, load_need_examples
from lotse.content.model import Guide, Passage, Topic
from lotse.content.problems import ContentError, Problem
from lotse.content.translation import ORIGINAL

__all__ = [
    "ORIGINAL",
    "ContentError",
    "Guide",
    "Passage",
    "Problem",
    "Topic",
    "languages",
    "load_guide",
    "load_need_examples",
]
