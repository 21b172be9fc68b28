"""A wrong value in a content file is explained to its editor in German, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from lotse.answering.settings import Settings
from lotse.content import ContentError
from lotse.content.loading import parse
from lotse.content.model import Facet, HouseRules, Registry, Topic
from lotse.content.translation import TopicTranslation
from lotse.content.validation_messages import explain
from lotse.content.wording import OtherLanguages, Wording

FILES: list[type[BaseModel]] = [Facet, HouseRules, OtherLanguages, Registry, Settings, Topic, TopicTranslation, Wording]
OFFICE = "contacts: {hr: {label: Personal, for: Verträge, %s}}"
SOURCE = "sources: {guide: {title: Leitfaden, publisher: Stadt, kind: guide, %s}}"
CITE = "why: {text: Das ist der Grund für diese Regel., cites: [{%s}]}"
RULE = """topic: likes
passages:
  - id: likes.ours
    title: Regel des Hauses
    text: In unserem Haus gilt diese Regel für alle.
    cites: [{norm: gg_3}]
    reviewed: 2026-01-01
    %s
"""
DATES = "review_by: 2099-01-01\n    "
QUESTIONS = "questions: [Eins?, Zwei?, Drei?]\n    "


class Level(Enum):
    high = "high"


class Overdue(BaseModel):
    overdue: bool
    level: Level


def said(path: Path, model: type[BaseModel], content: str, field: str) -> list[str]:
    """What an editor reads about one field of a file."""
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        parse(path, model)
    before = f"Fehler: {path}:"
    assert all(str(problem).startswith(before) for problem in caught.value.problems)
    return [
        f"{problem.message} → {problem.remedy}" if problem.remedy else problem.message
        for problem in caught.value.problems
        if problem.field == field
    ]


@pytest.mark.parametrize(
    ("model", "content", "field", "sentence"),
    [
        (Facet, "values: {}", "facet", "Das Feld fehlt. → Feld ergänzen"),
        (
            Facet,
            "facett: x",
            "facett",
            "Dieses Feld gibt es hier nicht. → Schreibweise prüfen oder Feld entfernen; docs/editors.md nennt die "
            "Felder",
        ),
        (Facet, "facet:", "facet", "Hier steht nichts. → ausfüllen; ein freiwilliges Feld kann auch wegfallen"),
        (
            Facet,
            "facet: 2026-01-01",
            "facet",
            "Das ist kein Text. → Text eintragen; ein Datum als Text in Anführungszeichen setzen",
        ),
        (
            Facet,
            "facet: Über",
            "facet",
            "Das ist keine gültige Kennung. → nur Kleinbuchstaben (a–z), Ziffern und _ verwenden, am Anfang ein "
            "Buchstabe",
        ),
        (
            Facet,
            "values: viele",
            "values",
            "Hier gehören Felder hin (`name: wert`). → docs/editors.md zeigt die Form",
        ),
        (
            Facet,
            "values: {a: {label: A, forms: a}}",
            "values.a.forms",
            "Das ist keine Liste. → als Liste schreiben: [eins, zwei], oder je Zeile mit „- “ davor",
        ),
        (
            Facet,
            "values: {a: {label: A, forms: []}}",
            "values.a.forms",
            "Zu wenige Einträge: mindestens 1. → Einträge ergänzen",
        ),
        (
            Topic,
            "rests_on: [a, b, c, d]",
            "rests_on",
            "Zu viele Einträge: höchstens 3. → Einträge streichen",
        ),
        (Topic, "title: Kurz", "title", "Der Text ist zu kurz: mindestens 10 Zeichen. → Text ergänzen"),
        (Topic, f"label: {'x' * 41}", "label", "Der Text ist zu lang: höchstens 40 Zeichen. → Text kürzen"),
        (
            Topic,
            "verdict: erlaubt",
            "verdict",
            "„erlaubt“ gibt es hier nicht. → möglich sind: allowed, depends, not_allowed, info",
        ),
        (
            Topic,
            "verdict: [allowed]",
            "verdict",
            "Das hat hier nicht die richtige Form. → einen einzelnen Wert eintragen, keine Liste; Feldnamen wie 1, yes "
            "oder no berichtigen",
        ),
        (
            HouseRules,
            "passages: [{id: Likes}]",
            "passages.0.id",
            "Das ist keine gültige Kennung einer Passage. → so schreiben: thema.kennung, nur mit Kleinbuchstaben "
            "(a–z), Ziffern und _",
        ),
        (
            Topic,
            CITE % "source: guide, norm: gg_3",
            "why.cites.0",
            "Hier gehört entweder `source` oder `norm` hin: genau eines von beiden.",
        ),
        (
            Topic,
            CITE % "norm: gg_3, section: einleitung",
            "why.cites.0",
            "`section` gehört zu einer Quelle (`source`); bei einer Norm heißt das Feld `at`.",
        ),
        (
            HouseRules,
            RULE % f"{DATES}{QUESTIONS}language: deutsch",
            "passages.0.language",
            "Das ist kein Kürzel einer Sprache. → zwei Kleinbuchstaben eintragen, zum Beispiel en",
        ),
        (
            HouseRules,
            RULE % f"{DATES}questions: [Eins?, Zwei?, eins?]",
            "passages.0.questions",
            "Dieselbe Frage steht zweimal da.",
        ),
        (
            HouseRules,
            RULE % f"{DATES}{QUESTIONS}verdict: info",
            "passages.0",
            "Eine Passage mit `verdict` braucht ein `short`, das die Antwort auf ihren Fall gibt.",
        ),
        (
            HouseRules,
            RULE % f"{QUESTIONS}review_by: 2026-01-01",
            "passages.0",
            "`review_by` muss später sein als `reviewed`.",
        ),
        (
            HouseRules,
            RULE % f"{DATES}{QUESTIONS}by_status: {{beamter: {{}}}}",
            "passages.0.by_status.__key__",
            "„beamter“ gibt es hier nicht. → möglich sind: beamte, tarif, azubi, soldaten",
        ),
        (
            Registry,
            SOURCE % "as_of: 4.5.2026",
            "sources.guide.as_of",
            "Das ist kein Datum. → so schreiben: 2026-11-23",
        ),
        (
            Registry,
            SOURCE % "as_of: 2026-05-04",
            "sources.guide",
            "`url` fehlt; nur Gerichtsentscheidungen (`court`) und Hausdokumente (`house`) findet man auch ohne.",
        ),
        (
            Registry,
            OFFICE % "url: www.example.org",
            "contacts.hr.url",
            "Das ist keine Internetadresse. → mit https:// beginnen, ohne Leerzeichen",
        ),
        (
            Registry,
            OFFICE % "email: personal",
            "contacts.hr.email",
            "Das ist keine E-Mail-Adresse. → so schreiben: pressestelle@example.org",
        ),
        (
            Registry,
            OFFICE % "teams_channel: Personal",
            "contacts.hr.teams_channel",
            "Das ist kein Kanal in Microsoft Teams. In Teams beim Kanal „Link zum Kanal abrufen“ wählen und den ganzen "
            "Link eintragen.",
        ),
        (
            Settings,
            "answer_at: 0,32",
            "answer_at",
            "Das ist keine Zahl. → eine Zahl wie 0.5 eintragen, mit Punkt statt Komma",
        ),
        (Settings, "answer_at: 0", "answer_at", "Die Zahl muss größer sein als 0."),
        (Settings, "answer_at: 1", "answer_at", "Die Zahl muss kleiner sein als 1."),
        (Settings, "points: vier", "points", "Das ist keine ganze Zahl. → eine Zahl wie 4 eintragen"),
        (Settings, "points: 1", "points", "Die Zahl muss mindestens 2 sein."),
        (Settings, "points: 6", "points", "Die Zahl darf höchstens 5 sein."),
    ],
)
def test_a_wrong_value_is_explained(
    tmp_path: Path, model: type[BaseModel], content: str, field: str, sentence: str
) -> None:
    assert said(tmp_path / "file.yml", model, content, field) == [sentence]


@pytest.mark.parametrize(
    ("content", "field", "sentence"),
    [
        (
            "topic: likes\ntitle: Likes: Was gilt?",
            "",
            "Ab Zeile 2 lässt sich die Datei nicht als YAML lesen (Meldung: mapping values are not allowed in this "
            "context). → dort und davor Einrückung prüfen (keine Tabs); Text mit Zeichen wie : # @ * in "
            "Anführungszeichen setzen",
        ),
        (
            'topic: likes\ntitle: "Was gilt?\nlabel: Likes\n',
            "",
            "Der Text in Anführungszeichen ab Zeile 2 lässt sich nicht lesen (Meldung: found unexpected end of "
            "stream). → schließendes Anführungszeichen prüfen; einen Backslash im Text als \\\\ schreiben",
        ),
        (
            "title: Was\x07gilt?",
            "",
            "Die Datei lässt sich nicht als YAML lesen (Meldung: unacceptable character #x0007: control characters are "
            'not allowed in "<unicode string>", position 10). → unsichtbare Steuerzeichen entfernen, zum Beispiel die '
            "Stelle neu tippen",
        ),
        (
            "topic: likes\nreviewed: 2026-02-31",
            "",
            "„2026-02-31“ in Zeile 2 lässt sich nicht lesen (Meldung: day is out of range for month). → Datum prüfen "
            "(2026-11-23); ist es als Text gemeint, in Anführungszeichen setzen",
        ),
        (
            "title: Likes\ntitle: Likes",
            "title",
            "`title` steht hier zum zweiten Mal. → eines von beiden entfernen",
        ),
        ("topic: &a [*a]", "", "Die Datei verweist auf sich selbst oder ist zu tief verschachtelt."),
        ("1: Likes", "1", "„1“ ist kein Feldname."),
        ("- Likes", "", "Die Datei besteht nicht aus Feldern (`name: wert`). → docs/editors.md zeigt die Form"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, content: str, field: str, sentence: str) -> None:
    assert said(tmp_path / "file.yml", Topic, content, field) == [sentence]


def test_kinds_of_values_that_no_file_has_yet_are_explained() -> None:
    with pytest.raises(ValidationError) as caught:
        Overdue.parse_obj({"overdue": "vielleicht", "level": "hoch"})
    assert [explain(error) for error in caught.value.errors()] == [
        ("Das ist weder ja noch nein.", "`true` oder `false` eintragen"),
        ("Diesen Wert gibt es hier nicht.", "docs/editors.md nennt die Werte"),
    ]


def test_an_unknown_kind_of_error_keeps_its_own_words() -> None:
    assert explain({"type": "value_error.new", "msg": "no {thing}", "ctx": {"thing": "x"}}) == ("no {thing}", "")


@pytest.mark.parametrize("model", FILES)
def test_every_limit_of_every_field_has_a_sentence(model: type[BaseModel]) -> None:
    wrong: list[object] = [None, [], {}, [None] * 20, "", "?", "?" * 1000, -1, 9, date(2026, 11, 23)]
    for part in models(model):
        for field in part.__fields__.values():
            for value in wrong:
                try:
                    part.parse_obj({field.alias: value})
                except ValidationError as error:
                    found = [item for item in error.errors() if item["type"] != "value_error"]
                    assert [item for item in found if explain(item)[0] == item["msg"]] == []


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and all it is made of."""
    yield model
    for field in model.__fields__.values():
        if isinstance(field.type_, type) and issubclass(field.type_, BaseModel):
            yield from models(field.type_)
