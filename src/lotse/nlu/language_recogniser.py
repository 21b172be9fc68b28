"""Rasa component that recognises the language of a message."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from simplemma import in_target_language

from lotse.answering.question import LANGUAGE, ParsedLanguage
from lotse.nlu.spacy_pipeline import LEMMA_LANGUAGES

# If the German or English dictionary knows a larger share of the words, the message is not in another language.
# Measured on the training messages: French, Turkish or Polish questions reach 0.5 at most, Low German 0.6.
FOREIGN_SHARE, CLEAR = 0.5, 0.3


@lru_cache(maxsize=4)
def recogniser(languages: tuple[str, ...]) -> Any:
    """langid's model (Lui and Baldwin 2012), restricted to some languages; it comes with its package."""
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier


def recognise(text: str, languages: tuple[str, ...]) -> tuple[str, float]:
    """The language of a text and its certainty.

    Two detectors: character statistics, which know many languages but take some dialect for a foreign language; and the
    share of words in a German or an English dictionary. If they clearly differ, the dictionary decides.

    Args:
        text: a message.
        languages: ISO 639-1 codes to choose from.

    Returns:
        An ISO 639-1 code, and a certainty from 0 to 1; 0 if the text shows no language.
    """
    code, probability = recogniser(languages).classify(text)
    known = {language: in_target_language(text, lang=language) for language in LEMMA_LANGUAGES}
    best = max(known, key=known.__getitem__)
    if known[best] > FOREIGN_SHARE and known[best] - known.get(code, 0.0) >= CLEAR:
        alike = tuple(language for language, share in known.items() if known[best] - share < CLEAR)
        if len(alike) > 1:
            # “Are you a robot?” is in both dictionaries: statistics choose between these two.
            best, certainty = recogniser(alike).classify(text)
            return best, round(float(certainty), 4)
        return best, round(known[best], 4)
    if code not in known and known[best] > FOREIGN_SHARE:
        return best, 0.0
    return str(code), round(float(probability), 4)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LanguageRecogniser(GraphComponent):
    """Adds language and certainty to each message.

    Settings (``config.yml``):
        languages: ISO 639-1 codes to choose from. Dutch is best left out: Low German would be taken for it.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.languages = tuple(config["languages"])
        # Loaded when the server starts, not with the first message.
        recognise("Guten Tag", self.languages)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings: the guide's languages, and other languages that are common in Germany."""
        return {"languages": ["de", "en", "fr", "es", "it", "pl", "tr", "uk", "ru", "ar", "ro"]}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageRecogniser:
        """Rasa's factory."""
        return cls({**cls.get_default_config(), **config})

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``language`` on incoming messages: ``{"code": str or None, "certainty": float from 0 to 1}``."""
        for message in messages:
            if message.get(TEXT):
                code, certainty = recognise(message.get(TEXT), self.languages)
                language: ParsedLanguage = {"code": code, "certainty": certainty}
                message.set(LANGUAGE, language, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the examples unchanged: their language is not a feature of any classifier."""
        return training_data
