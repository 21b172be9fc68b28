"""What readers are told of a source, and what only editors see."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content import load_guide
from lotse.conversation.assistant import Assistant
from lotse.publishing.guide_pages import GuidePages
from tests.parsed_messages import parsed

DATA = Path(__file__).parents[2] / "data"
ASSISTANT = Assistant.load(DATA)


def test_every_remark_is_translated() -> None:
    german, english = load_guide(DATA), load_guide(DATA, "en")
    assert any(source.remark for source in german.sources.values())
    for name, source in german.sources.items():
        translated = english.sources[name].remark
        assert (source.remark is None) == (translated is None), name
        assert source.remark is None or source.remark != translated, name


@pytest.mark.parametrize("language", sorted(ASSISTANT.guides))
def test_no_note_of_editors_reaches_a_reader(language: str) -> None:
    guide = ASSISTANT.guides[language]
    notes = {source.note for source in guide.sources.values() if source.note}
    assert notes
    pages = GuidePages(ASSISTANT.guides, ASSISTANT.wordings)
    shown = [" ".join((pages.topic(name, language) or "").split()) for name in guide.topics]
    for passage in guide.passages.values():
        parse = parsed(
            text="eine Frage",
            intent_ranking=[{"name": f"ask_{passage.topic}", "confidence": 0.95}],
            passages={passage.id: 0.9},
        )
        turn = ASSISTANT.turn(parse, {"language": language, "language_chosen": True}, "rest")
        shown.append(f"{' '.join(turn.text.split())} {turn.answer.json(ensure_ascii=False)}")
    everything = "\n".join(shown)
    assert [note for note in notes if " ".join(note.split()) in everything] == []


@pytest.mark.parametrize("language", sorted(ASSISTANT.guides))
def test_a_note_about_an_office_is_on_the_page_of_its_topics(language: str) -> None:
    guide = ASSISTANT.guides[language]
    pages = GuidePages(ASSISTANT.guides, ASSISTANT.wordings)
    noted = [
        (name, note)
        for name, topic in guide.topics.items()
        for id in topic.contacts
        if (note := guide.contacts[id].note)
    ]
    assert noted
    assert all(note in (pages.topic(name, language) or "") for name, note in noted)


def test_readers_learn_whom_a_source_holds_for() -> None:
    page = GuidePages(ASSISTANT.guides, ASSISTANT.wordings).topic("groups_and_fan_pages", "de") or ""
    remarks = {source.remark for source in ASSISTANT.guide.sources.values() if source.remark}
    assert any(remark in page for remark in remarks)
