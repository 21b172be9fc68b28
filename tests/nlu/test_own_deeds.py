"""Whether a message tells that its writer has done already what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content.deed_words import load_deed_words
from lotse.nlu.own_deeds import OwnDeeds

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def deeds() -> OwnDeeds:
    return OwnDeeds(load_deed_words(DATA))


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe gestern einen Beitrag der Opposition gelikt. Ist das schlimm?",
        "hab das foto schon in die gruppe gestellt, was nun",
        "Darf das Video bleiben, das ich am Freitag hochgeladen habe?",
        "i hob des bild scho gepostet",
        "Wir haben den Bürger auf unserer Seite blockiert.",
        "Der Beitrag ist schon online.",
        "I liked a post by the mayor, is that a problem?",
        "We've shared a photo of the accident",
        "I have already accepted his request",
        "hab ich schon weitergeleitet",
        "mia ham des heut gepostat",
        "Habe die Anfrage angenommen; jetzt bin ich unsicher",
    ],
)
def test_a_deed_is_found(deeds: OwnDeeds, text: str) -> None:
    assert deeds.told_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Darf ich den Beitrag liken?",
        "Ich habe noch nichts gepostet, darf ich?",
        "I haven't posted it yet",
        "Meine Kollegin hat ein Foto von mir gepostet.",
        "Darf das so gepostet werden?",
        "Ich möchte einen geteilten Beitrag kommentieren",
        "Ich habe eine Frage zu geteilten Beiträgen",
        "Someone liked my post",
        "I was insulted by a citizen",
        "Can I be tagged in a photo?",
        "I was filmed at work",
        "Die Eltern haben mir eine Anfrage geschickt",
        "zwei Bürger haben mir geschrieben",
        "darf ich teilen was andere gepostet haben",
        "Do I have to label shared posts?",
        "Ich habe eine Frage gestellt",
        "Was ist online erlaubt?",
        "",
    ],
)
def test_a_plan_or_what_others_did_is_none(deeds: OwnDeeds, text: str) -> None:
    assert not deeds.told_in(text)
