"""Rasa importer: the guide's topics become intents, and only Rasa's files under ``data/`` are read as such."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from lotse import paths
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.content.translation import ORIGINAL

RASA_FOLDERS = ("nlu", "rules", "stories")


class GuideImporter(RasaFileImporter):
    """Reads training data as Rasa does, with two differences.

    A folder that holds our content beside Rasa's data is narrowed to Rasa's part, and every topic of the guide is an
    intent even if `domain.yml` does not list it: adding a topic touches ``data/`` only.
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
        return super().get_nlu_data(language)

    def get_domain(self) -> Domain:
        """The domain with the guide's topics."""
        topics = sorted(path.stem for path in (paths.data() / "guide" / ORIGINAL).glob("*.yml"))
        return super().get_domain().merge(Domain.from_dict({"intents": [TOPIC_PREFIX + topic for topic in topics]}))


def rasa_part(path: Path) -> list[str]:
    """The folders of Rasa's own data in a path; the path itself if it has none."""
    parts = [str(path / name) for name in RASA_FOLDERS if (path / name).is_dir()]
    return parts or [str(path)]
