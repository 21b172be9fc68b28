"""Whose circumstance a message names, and which circumstances it denies."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content.vocabulary import load_facets
from lotse.content.word_lists import load_holder_words
from lotse.nlu.facet_holders import FacetHolders
from lotse.nlu.spacy_pipeline import build_pipeline, mentions

DATA = Path(__file__).parents[2] / "data"

# A message, and the circumstances in it: `value`, `value:other` or `value:denied`.
STATUS = [
    # The person's own, in every word order.
    ("Ich bin Beamtin und möchte auf Instagram posten.", "beamte"),
    ("bin verbeamtet, darf ich das liken", "beamte"),
    ("i bin Beamter bei da Stodt, derf i des", "beamte"),
    # Who compares says nothing of themselves.
    ("So for me the rules are less strict than for a professor who is Beamter, yes or no?", "beamte:other"),
    ("I'm a teacher who is Beamter", "beamte"),
    ("Worin unterscheiden sich Beamte und Tarifbeschäftigte?", "beamte:other tarif:other"),
    ("Was ist der Unterschied zwischen dem, was für Beamte gilt, und dem für Angestellte?", "beamte:other tarif:other"),
    ("Gibt es da einen Unterschied? ich bin Beamtin", "beamte"),
    # A rank that only Beamte have, and a pension.
    ("Bin Polizeimeister und will ein Bild hochladen", "beamte"),
    ("Ich bin Steuerhauptsekretärin in Kiel", "beamte"),
    ("Ich bin seit März in Pension, darf ich bloggen?", "beamte"),
    ("Mein Bruder ist Polizeikommissar", "beamte:other"),
    ("Den Jungen sieht man von hinten. Der ist aber Azubi und erst 17.", "azubi:other"),
    ("Sie ist jedoch Beamtin, gilt das dann auch?", "beamte:other"),
    ("Das ist neu, aber Beamter bin ich schon lange", "beamte"),
    ("Der Dienstplan ist da, aber als Azubi darf ich das nicht wissen", "azubi"),
    ("Als Beamter darf ich das doch?", "beamte"),
    ("Darf ich als Beamtin einen Kanal haben?", "beamte"),
    ("Was gilt für mich als Tarifbeschäftigte?", "tarif"),
    ("Dürfen wir Beamte Petitionen teilen?", "beamte"),
    ("Für uns Angestellte gilt doch was anderes", "tarif"),
    ("Verbeamtet bin ich seit zwei Jahren.", "beamte"),
    ("weil ich noch Azubi bin, frag ich lieber", "azubi"),
    ("Mein Status ist Beamter auf Probe.", "beamte"),
    ("Ich arbeite nach TVöD bei der Kreisverwaltung.", "tarif"),
    ("mein vertrag ist tv-l, ändert das was", "tarif"),
    ("Ich, Beamtin im gehobenen Dienst, frage mich, ob das geht.", "beamte"),
    ("Azubi hier, kurze Frage zu TikTok", "azubi"),
    ("Ich mache eine Ausbildung im Rathaus, darf ich dort filmen?", "azubi"),
    ("Ich bin Soldatin, darf mein Dienstgrad ins Profil?", "soldaten"),
    ("Mia san Beamte und wissen's ned", "beamte"),
    ("Auch als Auszubildender möchte ich meine Meinung sagen.", "azubi"),
    ("ich bin doch angestellt!", "tarif"),
    ("darf ich beamter im urlaub auf insta was posten", "beamte"),
    ("I'm a civil servant, may I like this?", "beamte"),
    ("As a civil servant, can I join that group?", "beamte"),
    ("May I, a civil servant, run a blog?", "beamte"),
    ("We civil servants have to be neutral, right?", "beamte"),
    ("I am still a trainee at the town hall", "azubi"),
    ("I'm a soldier and want to post a picture", "soldaten"),
    ("What applies to me as a trainee?", "azubi"),
    # Nobody in particular counts like the person's own.
    ("Dürfen Beamte auf TikTok tanzen?", "beamte"),
    ("Gilt das auch für Beamte?", "beamte"),
    ("Darf man als Soldat demonstrieren?", "soldaten"),
    ("Wer verbeamtet ist, darf der das?", "beamte"),
    ("Und bei Azubis?", "azubi"),
    ("Does this apply to civil servants too?", "beamte"),
    ("Darf ein Beamter das teilen?", "beamte"),
    # Somebody else's.
    ("Mein Mann ist verbeamtet, darf ich seinen Beitrag liken?", "beamte:other"),
    ("Mein Mann ist Beamter, ich bin Tarifbeschäftigte.", "beamte:other tarif"),
    ("Meine Kollegin ist Beamtin und hat mich blockiert.", "beamte:other"),
    ("Ich bin angestellt, meine Frau ist verbeamtet.", "tarif beamte:other"),
    ("Darf meine Schwester als Beamtin das posten?", "beamte:other"),
    ("Ich frage für einen Freund, der Beamter ist.", "beamte:other"),
    ("er ist beamter und ich nicht", "beamte:other"),
    ("Darf ich einen Beamten auf Facebook kritisieren?", "beamte:other"),
    ("Darf ich Beamte in einem Post nennen?", "beamte:other"),
    ("Die Beamtin am Schalter hat mich gefilmt.", "beamte:other"),
    ("Unser Azubi dreht Videos im Büro, was tun?", "azubi:other"),
    ("Mein Chef, Beamter auf Lebenszeit, liked alles von der Partei.", "beamte:other"),
    ("Meine Tochter ist Lehrerin und Beamtin.", "beamte:other"),
    ("Anders als mein Mann bin ich Beamtin.", "beamte"),
    ("Ich bin mit einem Beamten verheiratet, darf ich das teilen?", "beamte:other"),
    ("Ich bin die Tochter eines Soldaten.", "soldaten:other"),
    ("Ein Kollege von mir ist Beamter und postet täglich.", "beamte:other"),
    ("weil mein bruder beamter ist will ich nix falsch machen", "beamte:other"),
    ("Mein verbeamteter Kollege darf das, ich auch?", "beamte:other"),
    ("Verbeamtet ist nur meine Frau.", "beamte:other"),
    ("Gelten für mich dieselben Regeln wie für Beamte?", "beamte:other"),
    ("My boss is a civil servant and follows me.", "beamte:other"),
    ("My wife is a civil servant, I'm not.", "beamte:other"),
    ("She's a trainee in our office, may I tag her?", "azubi:other"),
    ("May I photograph soldiers at the parade?", "soldaten:other"),
    ("I'm married to a civil servant.", "beamte:other"),
    ("My friend who is a soldier posted a video", "soldaten:other"),
    ("Ich und meine Frau sind Beamte.", "beamte"),
    ("Mein Mann und ich sind verbeamtet.", "beamte"),
    ("Mein Kollege und ich sind beide Beamte.", "beamte"),
    ("Als Mutter und Beamtin schaue ich genau hin.", "beamte"),
    ("Mein Vater, ein pensionierter Beamter, liked alles.", "beamte:other"),
    ("Is my boss, a civil servant, allowed to do that?", "beamte:other"),
    ("Ihr seid doch Beamte, oder?", "beamte:other"),
    ("Are you a civil servant?", "beamte:other"),
    ("Ich werde nächstes Jahr verbeamtet.", "beamte:other"),
    ("What about civil servants?", "beamte"),
    # Neither of two.
    ("Macht es einen Unterschied, ob jemand Beamter oder Angestellter ist?", "beamte:other tarif:other"),
    ("Was ist der Unterschied zwischen Beamten und Angestellten?", "beamte:other tarif:other"),
    ("Gilt das nur für Beamte oder auch für Angestellte?", "beamte:other tarif:other"),
    # Denied.
    ("Ich bin nicht verbeamtet.", "beamte:denied"),
    ("Ich bin keine Beamtin, darf ich trotzdem?", "beamte:denied"),
    ("bin gar kein beamter", "beamte:denied"),
    ("Beamter bin ich nicht.", "beamte:denied"),
    ("Verbeamtet bin ich leider noch nicht", "beamte:denied"),
    ("i bin koa Beamter ned", "beamte:denied"),
    ("Ich bin noch nicht verbeamtet, erst nächstes Jahr", "beamte:denied"),
    ("Ich bin kein richtiger Beamter", "beamte:denied"),
    ("Ich bin nicht mehr in Ausbildung.", "azubi:denied"),
    ("weder Beamtin noch Angestellte", "beamte:denied tarif:denied"),
    ("Darf ich als nicht verbeamtete Kraft streiken?", "beamte:denied"),
    ("als Nichtbeamter darf ich das wohl", "beamte:denied"),
    ("Nicht ich bin Beamter, sondern meine Frau.", "beamte:denied"),
    ("Verbeamtet? Nein, bin ich nicht.", "beamte:denied"),
    ("Not being a civil servant, may I join?", "beamte:denied"),
    ("Früher war ich Beamter, jetzt bin ich Angestellter.", "beamte:denied tarif"),
    ("I'm not a civil servant", "beamte:denied"),
    ("I am no civil servant, just so you know", "beamte:denied"),
    ("I'm no longer a trainee", "azubi:denied"),
    ("I don't work as a civil servant", "beamte:denied"),
    ("I used to be a civil servant", "beamte:denied"),
    # Corrected.
    ("als Azubi, nicht als Beamtin", "azubi beamte:denied"),
    ("Ich bin nicht verbeamtet, sondern angestellt.", "beamte:denied tarif"),
    ("kein Beamter sondern Angestellter", "beamte:denied tarif"),
    ("Ich bin Beamter, Quatsch, Tarifbeschäftigter.", "beamte:denied tarif"),
    ("Ich bin Beamtin. Nein, ich meinte Angestellte.", "beamte:denied tarif"),
    ("I am a trainee. No, a soldier.", "azubi:denied soldaten"),
    ("Azubi, vielmehr Soldat", "azubi:denied soldaten"),
    ("I'm not a civil servant but a trainee", "beamte:denied azubi"),
    ("I'm a trainee, sorry, I meant a soldier", "azubi:denied soldaten"),
    ("Mein Chef ist kein Beamter, sondern Angestellter.", "beamte:other tarif:other"),
    # A negation that denies something else.
    ("Ich bin nicht nur Beamter, sondern auch Vater.", "beamte"),
    ("Ich weiß nicht, ob ich als Beamtin das darf.", "beamte"),
    ("ich weiß nicht ob ich als beamter das darf", "beamte"),
    ("Gilt das nicht für Beamte?", "beamte"),
    ("Keine Ahnung, ich bin Beamter und neu hier", "beamte"),
    ("Darf ich als Beamter nicht posten, was ich will?", "beamte"),
    ("I can't find it, as a civil servant am I allowed?", "beamte"),
]

OCCUPATIONS = [
    ("Ich bin Polizist, darf ich in Uniform auf TikTok?", "police"),
    ("bin polizistin im streifendienst", "police"),
    ("Ich bin bei der Polizei und poste gern.", "police"),
    ("Darf ich einen Polizisten filmen?", "police:other"),
    ("Darf ich Polizisten fotografieren?", "police:other"),
    ("Anzeige bei der Polizei erstatten wegen Hetze?", "police:other"),
    ("Mein Freund ist bei der Polizei, darf ich ihn markieren?", "police:other"),
    ("Als Lehrerin Schülern auf Insta folgen, geht das?", "teaching"),
    ("Ich unterrichte an einer Grundschule und bin auf Facebook", "teaching"),
    ("Der Lehrer meines Sohnes hat Fotos gepostet.", "teaching:other"),
    ("Ich bin Schulleiterin, darf die Schule auf Instagram?", "teaching"),
    ("Wir Lehrkräfte haben eine Gruppe.", "teaching"),
    ("Ich bin Richterin und will eine Partei liken.", "judiciary"),
    ("Dürfen Richter twittern?", "judiciary"),
    ("Ich bin Professor an der Uni.", "university"),
    ("Ich bin wissenschaftliche Mitarbeiterin.", "university"),
    ("Mein Prof hat mich als Kontakt hinzugefügt", "university:other"),
    ("Als Feuerwehrmann ein Einsatzfoto posten?", "fire_rescue"),
    ("Ich bin Krankenpfleger in der Klinik.", "health_care"),
    ("Meine Ärztin hat mich auf Insta gefunden.", "health_care:other"),
    ("Ich arbeite im Jugendamt, darf ich Klienten adden?", "social_work"),
    ("Ich bin keine Lehrerin, sondern Erzieherin.", "teaching:denied social_work"),
    ("Ich bin zivil bei der Bundeswehr beschäftigt.", "military"),
    ("I'm a teacher, may I follow my pupils?", "teaching"),
    ("My husband's a police officer, may I post that?", "police:other"),
    ("I work at a primary school.", "teaching"),
    ("May I film a police officer?", "police:other"),
    ("As a nurse, may I post from work?", "health_care"),
    ("I'm not a teacher, I'm a social worker", "teaching:denied social_work"),
    ("My kid's teacher follows me.", "teaching:other"),
    ("kenne einen richter, der das liked", "judiciary:other"),
    ("A teacher at my son's school posted his photo", "teaching:other"),
]

STATES = [
    ("Ich arbeite in Hessen", "hesse"),
    ("Unser Landratsamt in Thüringen will zu TikTok", "thuringia"),
    ("lehrerin, bawü", "baden_wuerttemberg"),
    ("I work for a school in Lower Saxony", "lower_saxony"),
    ("Ich bin Polizeibeamtin in München", "bavaria"),
    # Where the rules are that are asked for, without a word of working there.
    ("Darf ich in Bayern Schüler hinzufügen?", "bavaria"),
    ("wie ist das in NRW?", "north_rhine_westphalia"),
    ("Gilt das auch in Sachsen-Anhalt?", "saxony_anhalt"),
    ("Was sagt der LfDI Baden-Württemberg zu TikTok?", "baden_wuerttemberg"),
    ("Bin bei der Berliner Polizei", "berlin"),
    # Somebody else's.
    ("Mein Mann ist Lehrer in Hessen, darf ich seinen Post liken?", "hesse:other"),
    ("Ein Kollege aus Hessen hat mich beleidigt", "hesse:other"),
    ("Meine Tochter geht in Niedersachsen zur Schule", "lower_saxony:other"),
    ("My wife works in Bavaria", "bavaria:other"),
    ("Meine Chefin kommt aus Hamburg und ich arbeite in Bremen", "hamburg:other bremen"),
    # Denied and corrected.
    ("nicht in Bayern", "bavaria:denied"),
    ("ich bin nicht in Bayern sondern in Hessen", "bavaria:denied hesse"),
    # Words that mean something else, or too many things.
    ("Was sagt der Leitfaden der TU München?", ""),
    ("Hamburger essen in der Pause", ""),
    ("ich bin bei der BW", ""),
]

MATTERS = [
    ("Nein, der ist kein Journalist, sondern ein Nachbar.", "press:denied family"),
    ("kein journalist, ein kollege", "press:denied colleague"),
    ("Mein Chef ist Journalist", "superior press"),
    ("nicht auf Instagram, auf X", "instagram:denied x"),
    ("nein, nicht Facebook, LinkedIn meine ich", "facebook:denied linkedin"),
    ("auf Facebook, äh, ich meinte Xing", "facebook:denied xing"),
    ("Ich bin nicht auf TikTok", "tiktok:denied"),
    ("Darf ich nicht auf Instagram posten?", "instagram"),
    ("Warum darf ich keine Fotos posten?", "photo"),
    ("Ich habe ihn nicht auf Facebook geaddet", "facebook"),
    ("nicht nur auf Instagram, sondern auch auf X", "instagram x"),
    ("nicht dienstlich", "official:denied"),
    ("Mein Account ist nicht dienstlich, sondern privat.", "official:denied private"),
    ("ohne Uniform natürlich", "uniform:denied"),
    ("nicht in der Arbeitszeit, in der Pause", "working_hours:denied break"),
    ("statt auf Facebook lieber auf Mastodon", "facebook:denied mastodon"),
    ("not on Instagram, on LinkedIn", "instagram:denied linkedin"),
    ("He's not a journalist, he's a neighbour", "press:denied"),
    ("I mean my private account, not the official one", "private official:denied"),
    ("Ein Bürger hat mich auf Facebook beleidigt", "citizen facebook hate"),
]


class Judge:
    """Reads messages as the component does."""

    def __init__(self) -> None:
        self.nlp = build_pipeline(load_facets(DATA))
        self.finder = FacetHolders(self.nlp, load_holder_words(DATA))

    def found(self, text: str) -> list[tuple[str, str]]:
        """Each circumstance with its facet, written as in the tables above."""
        doc = self.nlp(text)
        named = mentions(doc)
        holders = self.finder.holders(doc, named)
        suffix = {"me": "", "other": ":other", "denied": ":denied"}
        return [(item.facet, item.value + suffix[holder]) for item, holder in zip(named, holders, strict=True)]

    def only_tells(self, text: str) -> bool:
        doc = self.nlp(text)
        return self.finder.only_tells(doc, mentions(doc), ("status", "occupation", "platform"))


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.mark.parametrize(("text", "expected"), STATUS)
def test_whose_status_it_is(judge: Judge, text: str, expected: str) -> None:
    assert " ".join(value for facet, value in judge.found(text) if facet == "status") == expected


@pytest.mark.parametrize(("text", "expected"), OCCUPATIONS)
def test_whose_occupation_it_is(judge: Judge, text: str, expected: str) -> None:
    assert " ".join(dict.fromkeys(value for facet, value in judge.found(text) if facet == "occupation")) == expected


@pytest.mark.parametrize(("text", "expected"), STATES)
def test_whose_land_it_is(judge: Judge, text: str, expected: str) -> None:
    assert " ".join(value for facet, value in judge.found(text) if facet == "state") == expected


@pytest.mark.parametrize("name", sorted(load_facets(DATA)["state"].values))
def test_every_land_is_found_by_its_name_in_both_languages(judge: Judge, name: str) -> None:
    value = load_facets(DATA)["state"].values[name]
    for label in (value.label, value.translations.get("en", value.label)):
        assert judge.found(f"Wir sind in {label}") == [("state", name)], label


def test_there_are_sixteen_laender() -> None:
    assert len(load_facets(DATA)["state"].values) == 16


@pytest.mark.parametrize(("text", "expected"), MATTERS)
def test_what_of_the_matter_is_denied(judge: Judge, text: str, expected: str) -> None:
    found = [value for facet, value in judge.found(text) if facet not in ("status", "occupation")]
    assert [value for value in expected.split() if value not in found] == []


def test_an_occupation_sets_no_status(judge: Judge) -> None:
    for text in ("Ich bin Polizist", "Ich bin Lehrerin", "Ich bin Professor", "Ich bin Richterin", "I'm a teacher"):
        assert [facet for facet, _ in judge.found(text)] == ["occupation"], text


def test_some_words_say_both(judge: Judge) -> None:
    assert sorted(judge.found("Ich bin Polizeibeamter")) == [("occupation", "police"), ("status", "beamte")]


@pytest.mark.parametrize(
    "text",
    [
        "Ich bin übrigens Beamtin.",
        "und als Azubi?",
        "Quatsch, Tarif",
        "ich bin doch angestellt!",
        "I'm a civil servant, by the way",
        "Gilt das auch für Beamte?",
        "bin lehrerin",
        "nicht auf Instagram, auf X",
        "kein Beamter",
        "and as a trainee?",
        "Und auf LinkedIn?",
    ],
)
def test_some_messages_only_tell_a_circumstance(judge: Judge, text: str) -> None:
    assert judge.only_tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich bin Beamtin, darf ich Wahlwerbung machen?",
        "Darf ich als Azubi meinen Chef blockieren?",
        "Hallo",
        "",
        "mein Foto",
        "I'm a teacher, may I follow my pupils?",
        "Ich bin Beamter und habe ein Problem mit einem Foto",
        "auf Instagram liken?",
    ],
)
def test_others_ask_or_tell_more(judge: Judge, text: str) -> None:
    assert not judge.only_tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "Beamter",
        "nicht",
        "kein",
        "als",
        "als Beamter als Beamter",
        "/Beamter/",
        "Beamter,,,",
        "\nBeamter\n\n",
        "Beamte" * 99,
    ],
)
def test_odd_messages_are_read(judge: Judge, text: str) -> None:
    assert all(holder in ("beamte", "beamte:denied", "beamte:other") for _, holder in judge.found(text))
