"""What ``./lotse teams doctor`` finds in this house's own settings, in plain words with what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from lotse.channels.teams.clouds import CLOUDS, host_of
from lotse.channels.teams.settings import Certificate, ManagedIdentity, Secret, TeamsSettings, credential_files
from lotse.guide.model import Contact

_EXPIRY_HINT_DAYS = 30

Grade = Literal["good", "hint", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        grade: ``fault`` means that Teams does not work, or will not.
        text: what was found.
        mend: what to do about it; empty if nothing.
    """

    grade: Grade
    text: str
    mend: str = ""


def of_settings(settings: TeamsSettings) -> Iterator[Finding]:
    """Whether everything is set that the bot needs."""
    if settings.off:
        yield Finding(
            "fault",
            "Teams ist nicht eingerichtet: keine App-ID, kein Mandant, kein Nachweis.",
            "docs/teams.md führt Schritt für Schritt durch die Einrichtung.",
        )
        return
    if not settings.app_id:
        yield Finding(
            "fault", "Die App-ID des Bots fehlt.", "LOTSE_TEAMS_APP_ID setzen (App-Registrierung, Übersicht)."
        )
    if not settings.tenant_id and not isinstance(settings.credential, ManagedIdentity):
        yield Finding("fault", "Der Mandant fehlt.", "LOTSE_TEAMS_TENANT_ID setzen (App-Registrierung, Übersicht).")
    if settings.credential is None:
        yield Finding(
            "fault",
            "Es ist kein Nachweis gesetzt, mit dem sich der Bot bei Microsoft anmeldet.",
            "LOTSE_TEAMS_CLIENT_SECRET setzen; oder LOTSE_TEAMS_PRIVATE_KEY_FILE mit LOTSE_TEAMS_CERTIFICATE_FILE; "
            "oder LOTSE_TEAMS_FEDERATED_IDENTITY; oder LOTSE_TEAMS_FEDERATED_TOKEN_FILE; "
            "oder LOTSE_TEAMS_MANAGED_IDENTITY=true.",
        )
    for path in credential_files(settings.credential).values():
        if not path.is_file():
            yield Finding("fault", f"Die Datei {path} gibt es nicht.", "Den Pfad in den Einstellungen prüfen.")


def of_tenants(settings: TeamsSettings) -> Iterator[Finding]:
    """Whether it is known whose people may ask."""
    if (settings.tenant_id or isinstance(settings.credential, ManagedIdentity)) and not settings.tenants:
        yield Finding(
            "fault",
            "Es ist nicht bekannt, wessen Beschäftigte fragen dürfen; deshalb nimmt der Lotse keine Nachricht an.",
            "LOTSE_TEAMS_TENANT_ID auf die Mandanten-ID setzen (App-Registrierung, Übersicht), nicht auf die Domäne; "
            "oder LOTSE_TEAMS_ALLOWED_TENANTS setzen.",
        )
    if others := sorted(set(settings.allowed_tenants) - {settings.tenant_id}):
        yield Finding(
            "hint",
            f"Außer dem eigenen Mandanten dürfen fragen: {', '.join(others)}.",
            "Prüfen, ob LOTSE_TEAMS_ALLOWED_TENANTS noch stimmt.",
        )


def of_addresses(settings: TeamsSettings) -> Iterator[Finding]:
    """Addresses that are not Microsoft's own."""
    usual = CLOUDS[settings.cloud.name]
    if settings.cloud.metadata_url != usual.metadata_url:
        yield Finding(
            "hint",
            f"Die Schlüssel kommen über {host_of(settings.cloud.metadata_url)} statt {host_of(usual.metadata_url)}. "
            "Wer diese Adresse beherrscht, kann dem Lotsen als Microsoft schreiben.",
            "Ist das nicht gewollt, LOTSE_TEAMS_METADATA_URL entfernen.",
        )
    if settings.cloud.login_url != usual.login_url:
        yield Finding(
            "hint",
            f"Das Token kommt von {host_of(settings.cloud.login_url)} statt {host_of(usual.login_url)}. "
            "Wer diese Adresse beherrscht, bekommt das Client-Secret zu sehen.",
            "Ist das nicht gewollt, LOTSE_TEAMS_LOGIN_URL entfernen.",
        )


def is_complete(settings: TeamsSettings) -> bool:
    """Whether it is worth asking Microsoft for a token."""
    return not any(finding.grade == "fault" for finding in of_settings(settings))


def of_expiry(settings: TeamsSettings, today: date) -> Iterator[Finding]:
    """Whether secret or certificate run out soon; the most frequent reason why a bot falls silent one morning."""
    if not isinstance(settings.credential, (Secret, Certificate)):
        return
    ends = settings.secret_expires
    what = "Das Client-Secret" if isinstance(settings.credential, Secret) else "Das Zertifikat"
    if ends is None:
        yield Finding(
            "hint",
            f"{what} läuft irgendwann ab, der Tag ist nicht hinterlegt.",
            "LOTSE_TEAMS_SECRET_EXPIRES setzen (2027-11-23); der Tag steht unter „Zertifikate & Geheimnisse“.",
        )
        return
    days = (ends - today).days
    renew = "In der App-Registrierung erneuern, Einstellungen und LOTSE_TEAMS_SECRET_EXPIRES anpassen."
    if days < 0:
        yield Finding("fault", f"{what} ist am {_day(ends)} abgelaufen.", renew)
    elif days <= _EXPIRY_HINT_DAYS:
        left = {0: "heute", 1: "morgen"}.get(days, f"in {days} Tagen")
        yield Finding("hint", f"{what} läuft {left} ab ({_day(ends)}).", renew)
    else:
        yield Finding("good", f"{what} gilt bis {_day(ends)}.")


def of_channels(contacts: Mapping[str, Any], settings: TeamsSettings) -> Iterator[Finding]:
    """The channels that take questions for people."""
    named = {
        office: contact
        for office, contact in contacts.items()
        if isinstance(contact, dict) and contact.get("teams_channel")
    }
    if not named:
        yield Finding(
            "good", "Keine Stelle hat einen Kanal in Teams; Fragen an Menschen werden als Text und E-Mail angeboten."
        )
        return
    if settings.off:
        yield Finding(
            "hint",
            f"data/house/contacts.yml nennt Kanäle in Teams ({', '.join(sorted(named))}), aber Teams ist nicht "
            "eingerichtet: Eine Frage dorthin wird auch im Web-Chat angeboten und kommt nicht an.",
            "Teams einrichten, oder teams_channel dort entfernen.",
        )
        return
    wrong = [office for office, contact in named.items() if not _is_channel(contact)]
    for office in wrong:
        yield Finding(
            "fault",
            f"data/house/contacts.yml, {office}, teams_channel: ist kein Kanal.",
            "In Teams beim Kanal „Link zum Kanal abrufen“ wählen und diesen Link eintragen.",
        )
    if not settings.cloud.service_url:
        yield Finding(
            "fault",
            "Für Nachrichten in Kanäle fehlt in dieser Cloud die Adresse des Dienstes.",
            "LOTSE_TEAMS_SERVICE_URL setzen; Microsoft nennt sie für Ihre Cloud.",
        )
    elif not settings.allows(settings.cloud.service_url):
        yield Finding(
            "fault",
            "Nachrichten in Kanäle gehen an einen Rechner, den allowed_hosts nicht nennt.",
            "Den Rechner aus service_url in LOTSE_TEAMS_ALLOWED_HOSTS aufnehmen.",
        )
    if len(named) > len(wrong):
        yield Finding(
            "good",
            f"Kanäle für Fragen an Menschen: {', '.join(sorted(named.keys() - set(wrong)))}. "
            "Die App muss in jedem dieser Teams installiert sein; das lässt sich von hier nicht prüfen.",
        )


def has_faults(findings: Iterable[Finding]) -> bool:
    """Whether something must be mended."""
    return any(finding.grade == "fault" for finding in findings)


def _is_channel(contact: Mapping[str, Any]) -> bool:
    try:
        Contact.parse_obj({"label": "x", "for": "x", "teams_channel": contact["teams_channel"]})
    except ValidationError:
        return False
    return True


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
