"""The guide's own titles, labels and questions are training messages of their topics."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT

from lotse.content import languages, load_guide
from lotse.rasa_adapter.guide_importer import messages_of_the_guide

DATA = Path(__file__).parents[2] / "data"


def test_every_title_label_and_question_of_every_language_is_a_training_message() -> None:
    intents = {message.get(TEXT): message.get(INTENT) for message in messages_of_the_guide(DATA)}
    for language in languages(DATA):
        guide = load_guide(DATA, language)
        for topic in guide.topics.values():
            own = [topic.title, topic.label]
            own += [question for passage in guide.of_topic[topic.topic] for question in passage.questions]
            assert {intents[text] for text in own} == {f"ask_{topic.topic}"}
