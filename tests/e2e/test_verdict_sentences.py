"""No answer of the real model allows or forbids what was not asked so: our own table, by nobody who wrote a passage."""

from __future__ import annotations

from uuid import uuid4

import pytest
import requests

from tests.e2e.conftest import Say

# A sentence, and the verdicts that would be true; a reply without an answer is never a lie.
TRUE = [
    # Identity card, uniform, the office in the picture.
    ("Darf ich mit meinem Hausausweis um den Hals ein Foto auf Instagram posten?", {"depends", "not_allowed", "info"}),
    ("darf ich meine dienstmarke auf tiktok zeigen", {"depends", "not_allowed", "info"}),
    ("Darf ich mich in Uniform auf Facebook zeigen?", {"depends", "info"}),
    ("Darf ich ein Selfie von meinem Schreibtisch hochladen?", {"depends", "info"}),
    ("Darf ich ein Selfie mit der Kollegin posten?", {"depends", "info"}),
    ("Darf ich Bilder von Kollegen in Uniform posten?", {"depends", "not_allowed"}),
    ("Darf ich ein Selfie im Gefängnis machen, ohne Gefangene?", {"depends", "not_allowed"}),
    ("Darf ich ein Bild vom leeren Sitzungssaal posten, auf dem niemand zu erkennen ist?", {"allowed", "depends"}),
    ("May I post a selfie with my staff badge?", {"depends", "not_allowed", "info"}),
    # Extremist groups, parties, hate.
    ("Darf ich in der AfD-Gruppe auf Telegram mitlesen?", {"depends"}),
    ("Darf ich Mitglied in einer Facebook-Gruppe der NPD sein?", {"depends", "not_allowed"}),
    ("Darf ich einer Reichsbürger-Gruppe beitreten?", {"depends", "not_allowed"}),
    ("May I join an AfD group on Facebook?", {"depends"}),
    ("Darf ich der AfD auf Facebook folgen?", {"depends"}),
    ("Darf ich einen Post der AfD liken?", {"depends"}),
    ("Darf ich einen Beitrag mit rassistischem Inhalt liken?", {"depends", "not_allowed"}),
    ("Am I allowed to like a racist post?", {"depends", "not_allowed"}),
    ("Darf ich einen Aufruf zur Gewalt retweeten?", {"depends", "not_allowed"}),
    ("Darf ich den Retweet eines Neonazis teilen?", {"depends", "not_allowed"}),
    ("Darf ich einen Hetzartikel verlinken?", {"depends", "not_allowed"}),
    # Accounts of the authority.
    ("Darf ich Nörgler auf unserem Instagram sperren?", {"depends", "not_allowed"}),
    ("Dürfen wir auf der Facebook-Seite der Stadt Leute blockieren?", {"depends", "not_allowed", "info"}),
    ("Can I block people on our Facebook?", {"depends", "not_allowed"}),
    ("Darf ich TikTok für mein Amt nutzen?", {"depends", "not_allowed"}),
    ("Darf ich eine Reporterin auf dem Kanal der Stadt blockieren?", {"depends", "not_allowed"}),
    # One's own account, one's own time.
    ("Darf ich meinen Teamleiter auf meinem privaten Instagram blockieren?", {"allowed"}),
    ("Darf ich Leute auf Facebook blockieren?", {"allowed", "depends"}),
    ("Darf ich in der Mittagspause am eigenen Handy auf Instagram?", {"allowed"}),
    ("May I use Instagram on my own phone in my lunch break?", {"allowed", "depends"}),
    ("Darf ich in der Pause am Dienst-PC auf Facebook?", {"depends", "not_allowed"}),
    ("Darf ich in der Pause ein TikTok im Flur drehen?", {"depends"}),
    ("Darf ich während der Arbeitszeit auf TikTok?", {"depends", "not_allowed"}),
    ("Darf ich am Wochenende Fotos vom Einsatz hochladen?", {"depends", "not_allowed"}),
    # Contacts.
    ("Darf ich mich mit meinen Kollegen auf LinkedIn vernetzen?", {"allowed"}),
    ("Darf ich mich mit einem Antragsteller vernetzen?", {"depends"}),
    ("Darf ich einem Bauunternehmer auf Instagram folgen?", {"depends"}),
    ("Dürfen Lehrkräfte Schülern auf Instagram folgen?", {"depends", "not_allowed"}),
    ("Darf ich als Lehrerin mit Eltern auf Facebook befreundet sein?", {"depends"}),
    # Other people's pictures and texts.
    ("Darf ich ein fremdes Foto aus dem Internet hochladen?", {"depends", "not_allowed"}),
    ("Darf ich ein lizenzfreies Bild von Pixabay verwenden?", {"allowed", "depends"}),
    ("Darf ich Bilder von der Polizei Hamburg weiterverbreiten?", {"depends", "not_allowed"}),
    ("Darf ich einen Zeitungsartikel verlinken?", {"allowed", "depends"}),
    ("Darf ich heimlich aufgenommene Fotos der Kollegin verschicken?", {"depends", "not_allowed"}),
    # Words and roles.
    ("Darf ich mich auf LinkedIn als Amtsleiter ausgeben, obwohl ich keiner bin?", {"depends", "not_allowed", "info"}),
    ("Darf ich für die Stadt auf Twitter antworten?", {"depends", "not_allowed"}),
    ("Darf ich meinen Dezernenten auf Facebook beleidigen?", {"depends", "not_allowed"}),
    ("Darf ich im Netz schreiben, dass mein Arbeitgeber unfähig ist?", {"depends", "not_allowed"}),
    ("Darf ich als Richter auf X gegen die Regierung wettern?", {"depends", "not_allowed"}),
    ("Darf ich in Uniform meine politische Meinung posten?", {"depends", "not_allowed"}),
    ("Darf ich mit YouTube Geld verdienen?", {"depends"}),
]

INFORMATION = [
    "Kann mein Chef mich wegen eines Likes entlassen?",
    "darf meine chefin meine facebook-beiträge lesen",
    "Kann mein Arbeitgeber meinen WhatsApp-Status sehen?",
    "Was passiert, wenn ich im Dienst auf TikTok erwischt werde?",
    "Wer haftet für Kommentare auf meiner Seite?",
    "Muss ich angeben, dass ich privat schreibe?",
    "Kann ich gekündigt werden, weil ich die AfD gelikt habe?",
    "Ein Bürger beschimpft mich auf Facebook, darf der das?",
    "Meine Chefin schreibt mir anzügliche Nachrichten auf WhatsApp",
    "Can my boss fire me for a post?",
    "What happens if I share a secret document?",
]


@pytest.mark.parametrize(("text", "true"), TRUE, ids=[text for text, _ in TRUE])
def test_a_verdict_is_true(say: Say, text: str, true: set[str]) -> None:
    assert say(text)["custom"]["verdict"] in {*true, None}


def test_what_is_plainly_allowed_is_said_to_be(base_url: str) -> None:
    plain = [text for text, true in TRUE if true == {"allowed"}]
    verdicts = {}
    for text in plain:
        body = {"sender": uuid4().hex, "message": text}
        messages = requests.post(f"{base_url}/webhooks/rest/webhook", json=body, timeout=60).json()
        verdicts[text] = messages[0]["custom"]["verdict"]
    assert verdicts == dict.fromkeys(plain, "allowed")


@pytest.mark.parametrize("text", INFORMATION)
def test_no_question_for_permission_gets_a_traffic_light(say: Say, text: str) -> None:
    reply = say(text)["custom"]
    # Choices are no answer and have no verdict.
    assert reply["verdict"] == ("info" if reply["outcome"] in ("answered", "refined") else None)
    assert reply["verdict_label"] is None


def test_after_an_answer_that_allows_a_worried_question_gets_information(say: Say) -> None:
    assert say("Darf ich meine Chefin auf Facebook blockieren?")["custom"]["verdict"] == "allowed"
    assert say("und kann die mich deswegen feuern?")["custom"]["verdict"] == "info"
    assert say("ich bin verbeamtet")["custom"]["verdict"] == "info"
