"""Rasa importer: the guide's topics become intents, and only Rasa's files under ``data/`` are read as such."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from lotse import paths
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.content import languages, load_guide
from lotse.content.translation import ORIGINAL

RASA_FOLDERS = ("nlu", "rules", "stories")


class GuideImporter(RasaFileImporter):
    """Reads training data as Rasa does, with three differences.

    A folder that holds our content beside Rasa's data is narrowed to Rasa's part; every topic of the guide is an intent
    even if `domain.yml` does not list it, so that adding a topic touches ``data/`` only; and the guide's own titles,
    labels and questions are training messages of their topics.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        given = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        super().__init__(config_file, domain_path, [part for path in given for part in rasa_part(Path(path))])

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training messages. Rasa asks three times in one training, and reading them takes seconds."""
        written: TrainingData = super().get_nlu_data(language)
        # Whoever trains without training messages, for the rules only, gets none from the guide either.
        return written.merge(TrainingData(messages_of_the_guide(paths.data()))) if written.intent_examples else written

    def get_domain(self) -> Domain:
        """The domain with the guide's topics."""
        topics = sorted(path.stem for path in (paths.data() / "guide" / ORIGINAL).glob("*.yml"))
        return super().get_domain().merge(Domain.from_dict({"intents": [TOPIC_PREFIX + topic for topic in topics]}))


def messages_of_the_guide(data: Path) -> list[Message]:
    """Every title, label and question of the guide, in all its languages, as a message of its topic.

    Args:
        data: the content folder.
    """
    texts: dict[str, str] = {}
    for language in languages(data):
        guide = load_guide(data, language)
        for topic in guide.topics.values():
            texts |= dict.fromkeys((topic.title, topic.label), topic.topic)
        for passage in guide.passages.values():
            if passage.language == language:
                texts |= dict.fromkeys(passage.questions, passage.topic)
    author = {INTENT: {"author": "plain_guide"}}
    return [Message({TEXT: text, INTENT: TOPIC_PREFIX + topic, METADATA: author}) for text, topic in texts.items()]


def rasa_part(path: Path) -> list[str]:
    """The folders of Rasa's own data in a path; the path itself if it has none."""
    parts = [str(path / name) for name in RASA_FOLDERS if (path / name).is_dir()]
    return parts or [str(path)]
