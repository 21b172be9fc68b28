"""Who asks whether their own side may do something gets a verdict; whoever asks something else does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from lotse.content.question_words import load_question_words
from lotse.content.vocabulary import load_facets
from lotse.nlu.question_form import QuestionFormReader
from lotse.nlu.question_form_recogniser import QuestionFormRecogniser
from lotse.nlu.spacy_pipeline import build_pipeline, mentions

DATA = Path(__file__).parents[2] / "data"

PERMISSION = [
    # The person, “man”, “wir”.
    "Darf ich mein neues Namensschild auf Instagram zeigen?",
    "darf ich nen kommentar vom bürgermeister liken",
    "Darf man als Beschäftigte im Zoll ein öffentliches Profil haben?",
    "Dürfen wir vom Bauhof eine Facebook-Seite aufmachen?",
    "darf auf xing meine amtsbezeichnung stehen?",
    "Kann ich meine Sachgebietsleiterin bei Facebook entfreunden?",
    "kann man in der teeküche storys drehen?",
    "Könnte ich auf Mastodon unter meinem Künstlernamen schreiben?",
    "Hallo, ich arbeite im Standesamt und hätte eine Frage: Darf ich Hochzeitsfotos teilen?",
    "Ich bin Azubi. Darf ich TikToks aus der Werkstatt machen? Danke!",
    "Was darf ich über meine Dienstreise posten?",
    "Mit wem darf ich mich auf LinkedIn verbinden?",
    "Welche Bilder darf ich auf meinem Profil zeigen?",
    "Wie viel darf ich mit meinem Kanal dazuverdienen?",
    "Wem kann ich auf X folgen?",
    "Wo darf ich meine Meinung sagen?",
    "Ich darf doch wohl noch meine Meinung sagen, oder?",
    "Weiß jemand, ob ich das Teamfoto hochladen darf?",
    "ich wollte fragen ob man beim einsatz filmen darf",
    "Mein Chef sagt, ich darf nicht auf TikTok sein. Stimmt das?",
    "Darf ich meinem Chef auf Instagram folgen?",
    "Darf ich den Chef in meiner Story erwähnen?",
    "Darf ich der Presse ein Interview geben?",
    # Their side.
    "Dürfen Lehrkräfte mit Eltern chatten?",
    "Darf ein Polizist seinen Beruf bei Tinder angeben?",
    "Dürfen Beamte Wahlplakate teilen?",
    "Dürfen Beamtinnen auf Demos Selfies machen?",
    "Darf unsere Behörde einen TikTok-Kanal haben?",
    "Dürfen Kollegen untereinander Fotos verschicken?",
    "Darf eine Richterin bei Facebook liken?",
    # A thing as the subject.
    "Darf das ins Netz?",
    "Dürfen Fotos vom Sommerfest ins Intranet?",
    "Darf die Urkunde auf LinkedIn gezeigt werden?",
    # Without a modal verb.
    "Ist es erlaubt, Kollegen zu blockieren?",
    "Ist Blockieren verboten?",
    "Ist das in Ordnung, wenn ich in der Pause zocke?",
    "Selfie mit Uniform erlaubt?",
    "reposten von zeitungsartikeln zulässig?",
    "Profilbild in Dienstkleidung, geht das?",
    "Mein Profilbild zeigt das Rathaus. Ist das okay?",
    "ist es verboten kollegen zu adden",
    "Was ist beim Teilen erlaubt?",
    "Spricht etwas dagegen, dass ich meinen Dienstgrad nenne?",
    "wäre es ein problem wenn ich bei der demo ein foto mache?",
    "Ist es schlimm, wenn ich den Post like? Also: erlaubt?",
    # A plan.
    "Ich möchte mein Büro auf Instagram zeigen.",
    "würde gern von meinem ersten tag berichten",
    "hab vor, eine gruppe für die nachbarschaft zu gründen",
    # Colloquial and dialect.
    "darfs a bisserl kritik sein auf facebook?",
    "derf i des posten?",
    "Deaf ma do a Buidl machn?",
    "dürfn wir des überhaupt teilen",
    "kann ma als lehrer auf insta sein?",
    "kamma da was gegen sagen auf twitter?",
    "dörf ick dat wieterschicken?",
    "Därf isch meim Chef e Foto schicke?",
    "I mecht a Selfie im Streifenwagen posten",
    "Das werde ich ja wohl noch sagen dürfen auf Facebook, oder?",
    "die amtsleitung spinnt und das darf ich nicht mal schreiben",
    "Foto aus der Zeitung in meine Story, geht das?",
    "Was ist mit Karikaturen, ist das erlaubt?",
    "Ist ein Selfie in der Kantine okay, auch wenn meine Chefin das nicht mag?",
    "Who may I add on LinkedIn?",
    # A question that leaves “darf ich” out, and a plan told after something else.
    "TikTok auf dem Diensthandy installieren?",
    "Als Zöllner in Uniform Werbung für Müsliriegel machen?",
    "Anfrage von einem Gefangenen bei Instagram. Annehmen?",
    "Bild vom neuen Löschfahrzeug auf meinem Privatprofil?",
    "Interne Zahlen im privaten Blog ausplaudern, wenn keiner den Namen kennt?",
    "ich bin azubi und möchte ein selfie aus dem büro posten",
    "Ich habe ein Foto aus dem Serverraum gepostet, das ist doch ok, oder?",
    # English.
    "May I post a photo of my desk?",
    "Can I block citizens on my own account?",
    "am i allowed to have a private tiktok",
    "Is it okay to share a newspaper article?",
    "Are we allowed to film in the office?",
    "Can teachers follow their pupils?",
    "Is blocking colleagues forbidden?",
    "Can you tell me if I may share this?",
    "I'd like to post a picture of my badge.",
    "what may i say about my job on linkedin?",
]

OTHER = [
    # What somebody else may do.
    "Darf mein Chef mich kündigen?",
    "Kann er mich rauswerfen?",
    "kann der mich jetzt einfach blockieren?",
    "Kann mein Arbeitgeber das sehen?",
    "darf die das überhaupt lesen?",
    "Darf die Personalabteilung mein Profil durchsuchen?",
    "Darf mein Dienstherr verlangen, dass ich den Post lösche?",
    "darf chefin mich auf insta anschreiben",
    "Dürfen Bürger mich einfach filmen?",
    "Darf jemand mein Foto ohne mich zu fragen posten?",
    "Dürfen die Eltern mich bei Google bewerten?",
    "Darf mein Kollege ein Bild von mir hochladen?",
    "Darf die Behörde meinen Account überwachen?",
    "Können Kollegen meine Likes sehen?",
    "Was darf mein Vorgesetzter von mir verlangen?",
    "Ist es legal, wenn mein Arbeitgeber mein Facebook liest?",
    "Is my boss allowed to read my posts?",
    "Can they fire me for a tweet?",
    "can my boss see my stories?",
    "May the press print my tweet?",
    "mein chef hat mich blockiert, darf der das?",
    "Unser Amtsleiter postet Wahlwerbung auf der Amtsseite. Geht das?",
    "Someone posted my address on X. Is that legal?",
    "dürfen die anderen mich ungefragt taggen?",
    "Was geht das meinen Chef an?",
    # What befalls the person.
    "Kann ich wegen eines Likes gekündigt werden?",
    "Kann man mir deswegen den Lohn kürzen?",
    "Darf ich deshalb abgemahnt werden?",
    "Kann ich dafür Ärger bekommen?",
    "can i get fired for that",
    "Darf man mich heimlich fotografieren?",
    "Verliere ich meinen Job?",
    "Droht mir ein Disziplinarverfahren?",
    "bekomm ich jetzt ne abmahnung?",
    # What must be, who, how, why, what then.
    "Muss ich mein Profil kennzeichnen?",
    "muss man den nebenjob anmelden",
    "Soll ich den Kommentar löschen?",
    "Brauche ich eine Genehmigung für meinen Kanal?",
    "Do I have to mark my account as private?",
    "Should I delete the post?",
    "Wer haftet, wenn ich etwas Falsches teile?",
    "Was passiert, wenn ich interne Mails poste?",
    "Was passiert, wenn ich etwas poste, was ich nicht darf?",
    "Wie wehre ich mich gegen Beleidigungen?",
    "wie kann ich mein konto schützen",
    "Was kann ich gegen den Troll tun?",
    "Warum darf ich das nicht?",
    "wieso ist das verboten?",
    "Wer darf für die Stadt sprechen?",
    "An wen wende ich mich?",
    "Wann verjährt so etwas?",
    "What happens if I share it?",
    "Who is liable for comments?",
    "How do I report a threat?",
    "why is that forbidden?",
    "Sieht mein Chef, was ich like?",
    "Haftet die Behörde?",
    "Gibt es dafür eine Vorschrift?",
    "Ich möchte wissen, wer mein Profil sehen kann.",
    "Ich hab gestern betrunken gepostet. Was soll ich jetzt machen?",
    # What somebody did to the person.
    "Meine Chefin hat mich auf Facebook entfreundet.",
    "ein bürger schreibt mir jeden tag böse nachrichten",
    "Ein Journalist hat mich privat angeschrieben",
    "Mein Chef ist sauer und will mich feuern.",
    "Von einem Bürger beim Rauchen gefilmt worden, was jetzt?",
    "Haben die Kollegen das gesehen?",
    "Habe ich mich strafbar gemacht?",
    "ich hab gestern interna gepostet, und jetzt?",
]

STATEMENT = [
    "Selfie Dienstausweis",
    "nebenjob youtube",
    "Bilder Weihnachtsfeier",
    "Profilbild mit Wappen?",
    "und bei LinkedIn?",
    "und wenn ich privat poste?",
    "Was ist mit Memes?",
    "gilt das auch für Azubis?",
    "what about my private account?",
    "ich bin verbeamtet",
    "Als Tarifbeschäftigte.",
    "auf meinem eigenen Handy",
    "ich kann nicht mehr",
    "Ich habe einen Account bei Threads",
    "Ärger mit den Kollegen?",
]

# What the person has done already.
STORY = [
    "Gestern habe ich auf der Wache ein Video gedreht und hochgeladen.",
    "hab interna gepostet",
    "I posted a picture of our party yesterday.",
    "I shared a memo.",
    "We filmed the whole ceremony and put it online. Some people said fine, one was silent.",
]

TABLE = [
    *((text, "permission") for text in PERMISSION),
    *((text, "other") for text in OTHER),
    *((text, "statement") for text in STATEMENT),
    *((text, "story") for text in STORY),
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return build_pipeline(load_facets(DATA))


@pytest.fixture(scope="module")
def reader() -> QuestionFormReader:
    return QuestionFormReader(load_question_words(DATA))


@pytest.mark.parametrize(("text", "form"), TABLE)
def test_the_form_of_a_sentence(reader: QuestionFormReader, nlp: Language, text: str, form: str) -> None:
    assert reader.form_of(text, mentions(nlp(text))) == form


@pytest.mark.parametrize("text", ["", " ", "?", "\n?\n", "👍", "darf", "?!?", "der die das", "a" * 2000, "( , ; )"])
def test_odd_texts_have_a_form(reader: QuestionFormReader, text: str) -> None:
    assert reader.form_of(text) in ("permission", "other", "statement", "story")


def test_the_form_is_part_of_the_parse_output() -> None:
    component = QuestionFormRecogniser()
    text = "Darf meine Abteilungsleiterin das lesen?"
    start = text.index("Abteilungsleiterin")
    boss = {"entity": "person", "value": "superior", "start": start, "end": start + len("Abteilungsleiterin")}
    message = Message(data={TEXT: text, ENTITIES: [boss]})
    assert component.process([message])[0].as_dict(only_output_properties=True)["form"] == "other"
    empty = Message(data={TEXT: ""})
    assert component.process([empty])[0].get("form") is None


def test_upper_case_umlauts_and_missing_marks_make_no_difference(reader: QuestionFormReader) -> None:
    for text in ("DÜRFEN WIR DAS POSTEN?", "duerfen wir das posten", "Dürfen wir das posten"):
        assert reader.form_of(text) == "permission"
