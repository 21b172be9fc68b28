"""What ``./lotse teams doctor`` makes of the answers of Microsoft and of the running Lotse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from lotse.channels.teams.clouds import Cloud
from lotse.channels.teams.http_client import Reply, Unreachable
from lotse.channels.teams.inbound import LEEWAY_SECONDS
from lotse.channels.teams.keys import read_keys, read_metadata
from lotse.channels.teams.login_errors import NoToken, parsed
from lotse.operations.teams_findings import Finding

_CHANNEL = "msteams"
_CLOCK_HINT_SECONDS = 60

# Microsoft's number of the error (AADSTS…): what it means, and what to do.
LOGIN_ERRORS = {
    "7000215": (
        "das Client-Secret ist falsch",
        "LOTSE_TEAMS_CLIENT_SECRET: den Wert des Secrets setzen, nicht seine ID.",
    ),
    "7000222": (
        "das Client-Secret ist abgelaufen",
        "In der App-Registrierung ein neues anlegen, LOTSE_TEAMS_CLIENT_SECRET setzen.",
    ),
    "700016": ("der Mandant kennt keine App mit dieser ID", "LOTSE_TEAMS_APP_ID und LOTSE_TEAMS_TENANT_ID prüfen."),
    "90002": ("diesen Mandanten gibt es in dieser Cloud nicht", "LOTSE_TEAMS_TENANT_ID und LOTSE_TEAMS_CLOUD prüfen."),
    "900023": ("die Mandanten-ID ist keine gültige ID", "LOTSE_TEAMS_TENANT_ID prüfen."),
    "90038": ("der Mandant gehört zu einer anderen Cloud von Microsoft", "LOTSE_TEAMS_CLOUD prüfen."),
    "500011": ("der Mandant kennt den Bot-Dienst unter dieser Adresse nicht", "LOTSE_TEAMS_CLOUD prüfen."),
    "700024": (
        "der Nachweis (Zertifikat oder Token der Verbundanmeldung) gilt jetzt nicht",
        "Die Uhr dieses Rechners prüfen.",
    ),
    "70021": (
        "die App vertraut keinem solchen Token",
        "In der App-Registrierung bei den Verbundanmeldeinformationen Aussteller, Antragsteller und Zielgruppe prüfen.",
    ),
    "700211": (
        "die App vertraut keinem Token dieses Ausstellers",
        "In der App-Registrierung bei den Verbundanmeldeinformationen den Aussteller prüfen.",
    ),
    "700212": (
        "die App vertraut keinem Token für diese Zielgruppe",
        "In der App-Registrierung bei den Verbundanmeldeinformationen die Zielgruppe prüfen.",
    ),
    "700213": (
        "die App vertraut keinem Token dieses Antragstellers",
        "In der App-Registrierung bei den Verbundanmeldeinformationen den Antragsteller (subject) prüfen.",
    ),
    "700027": (
        "das Zertifikat gehört nicht zur App",
        "Es in der App-Registrierung hochladen; LOTSE_TEAMS_PRIVATE_KEY_FILE und LOTSE_TEAMS_CERTIFICATE_FILE prüfen.",
    ),
    "7000229": (
        "die App hat im Mandanten keinen Dienstprinzipal",
        "az ad sp create --id APP-ID, oder in der Übersicht der App-Registrierung „Dienstprinzipal erstellen“.",
    ),
    "7000112": ("die App ist im Mandanten abgeschaltet", "In ihrer Unternehmensanwendung die Anmeldung erlauben."),
}

# What the running channel says of itself when it is not ready.
_STATES = {
    "not set up": (
        "kennt die Einstellungen für Teams nicht",
        "Die Umgebungsvariablen dort setzen, wo er gestartet wird, und ihn neu starten.",
    ),
    "incomplete": (
        "hat nicht alle Einstellungen für Teams",
        "Die Umgebungsvariablen dort setzen, wo er gestartet wird, und ihn neu starten.",
    ),
    "no model": ("hat kein Modell geladen", "./lotse train ausführen und ihn neu starten."),
}


def of_silence(error: Unreachable, host: str, mend: str) -> Finding:
    """Why nobody answered.

    Args:
        error: names the kind of failure in brackets, if it is more than a long wait.
        host: that was asked.
        mend: what to check if it is not the certificate.
    """
    kind = re.search(r"\((\w+)\)", str(error))
    if kind is not None and "Certificate" in kind[1]:
        text = f"Das TLS-Zertifikat von {host} wird nicht anerkannt."
        return Finding("fault", text, "Ist die Kette vollständig? Bricht ein Proxy TLS auf, braucht Python dessen CA.")
    return Finding("fault", f"{host} ist nicht erreichbar ({kind[1] if kind else 'keine Antwort'}).", mend)


def of_clock(header: str | None, now: float) -> Finding:
    """This machine's clock beside Microsoft's.

    Args:
        header: ``Date`` of an answer of the login server.
        now: seconds since 1970 here, when it came.
    """
    theirs = _instant(header)
    if theirs is None:
        return Finding(
            "hint", "Die Uhr ließ sich nicht vergleichen: die Antwort von Microsofts Anmeldung nennt keine Zeit."
        )
    off = round(abs(now - theirs))
    way = "vor" if now > theirs else "nach"
    mend = "Die Zeit über NTP abgleichen lassen (timedatectl set-ntp true)."
    if off > LEEWAY_SECONDS:
        text = f"Die Uhr geht {off} s {way}; ab {LEEWAY_SECONDS} s gelten Microsofts Nachrichten als abgelaufen."
        return Finding("fault", text, mend)
    if off > _CLOCK_HINT_SECONDS:
        return Finding("hint", f"Die Uhr geht {off} s {way}.", mend)
    return Finding("good", "Die Uhr stimmt mit der von Microsofts Anmeldung überein.")


def of_metadata(reply: Reply, cloud: Cloud) -> tuple[Finding, str | None]:
    """The document that names the keys of Microsoft's messages; with the keys' address if it is fine."""
    document = parsed(reply.body)
    if reply.status != 200 or not isinstance(document, Mapping):
        text = f"Das OpenID-Dokument kam nicht (HTTP {reply.status})."
        return Finding("fault", text, f"Antwortet dort ein Proxy? {cloud.metadata_url} muss erreichbar sein."), None
    if document.get("issuer") != cloud.issuer:
        text = "Das OpenID-Dokument ist nicht das dieser Cloud."
        return Finding("fault", text, "LOTSE_TEAMS_CLOUD und LOTSE_TEAMS_METADATA_URL prüfen."), None
    try:
        address = read_metadata(document)
    except ValueError:
        return Finding(
            "fault", "Das OpenID-Dokument nennt keine Adresse der Schlüssel.", "LOTSE_TEAMS_METADATA_URL prüfen."
        ), None
    return Finding("good", "Das OpenID-Dokument der Cloud ist erreichbar."), address


def of_keys(reply: Reply) -> Finding:
    """The keys with which Microsoft signs what it sends."""
    mend = "Antwortet dort ein Proxy? Ohne Schlüssel nimmt der Lotse keine Nachricht an."
    try:
        keys = read_keys(parsed(reply.body) if reply.status == 200 else None)
    except ValueError:
        return Finding("fault", f"Microsofts Schlüssel kamen nicht oder sind unbrauchbar (HTTP {reply.status}).", mend)
    ours = [key for key in keys.values() if not key.endorsements or _CHANNEL in key.endorsements]
    if not ours:
        return Finding("fault", "Keiner von Microsofts Schlüsseln ist für Teams bestimmt.", "LOTSE_TEAMS_CLOUD prüfen.")
    return Finding("good", f"Microsofts Schlüssel sind da ({len(ours)} für Teams).")


def of_refusal(error: NoToken) -> Finding:
    """Why there is no token."""
    if error.code in LOGIN_ERRORS:
        reason, mend = LOGIN_ERRORS[error.code]
        return Finding("fault", f"Microsofts Anmeldung gibt kein Token: {reason} (AADSTS{error.code}).", mend)
    mend = "" if error.permanent else "Netz und HTTPS_PROXY prüfen, später noch einmal versuchen."
    reason = str(error).removeprefix("No token: ").rstrip(".")
    return Finding("fault", f"Microsofts Anmeldung gibt kein Token: {reason}.", mend)


def of_health(reply: Reply, url: str) -> Iterator[Finding]:
    """What the running channel says of itself; see ``lotse.channels.teams.health``."""
    report = parsed(reply.body)
    status = report.get("status") if isinstance(report, Mapping) else None
    if reply.status == 404 and status not in _STATES:
        mend = "Ist der Kanal in credentials.yml geöffnet, leitet der Proxy /teams/ weiter?"
        yield Finding("fault", f"Unter {url} gibt es keinen Teams-Kanal.", mend)
        return
    if not isinstance(report, Mapping) or (status != "ready" and status not in _STATES):
        text = f"Unter {url} antwortet etwas anderes als der Lotse (HTTP {reply.status})."
        yield Finding("fault", text, "Leitet der Proxy /teams/ unverändert und ohne Anmeldeseite weiter?")
        return
    if status != "ready":
        reason, mend = _STATES[str(status)]
        lacking = report.get("missing")
        told = " ".join(str(line) for line in lacking) if isinstance(lacking, list) else ""
        yield Finding("fault", f"Der laufende Lotse {reason}. {told}".rstrip(), mend)
        return
    yield Finding("good", f"Der laufende Lotse ist unter {url} für Teams bereit.")
    messages = report.get("messages")
    lost = [messages.get(name) for name in ("undelivered", "failed")] if isinstance(messages, Mapping) else []
    if any(isinstance(number, int) and number for number in lost):
        text = f"Seit seinem Start gingen {lost[0]} Antworten nicht hinaus, {lost[1]} Nachrichten scheiterten."
        yield Finding("hint", text, "Die Gründe stehen in .lotse/logs/rasa.log.")


def of_stranger(reply: Reply, url: str) -> Finding:
    """How the messaging endpoint treats somebody without a token."""
    if reply.status in (401, 403):
        return Finding("good", f"{url} weist Unbekannte ab.")
    if reply.status == 503:
        return Finding(
            "fault",
            f"{url} nimmt noch keine Nachrichten an.",
            "Den laufenden Lotsen mit den Einstellungen neu starten.",
        )
    if reply.status in (404, 405):
        return Finding(
            "fault", f"{url} gibt es nicht (HTTP {reply.status}).", "Der Proxy muss auch POST auf /teams/ weiterleiten."
        )
    text = f"{url} antwortet einem Unbekannten mit HTTP {reply.status} statt mit 403."
    return Finding(
        "fault",
        text,
        "Antwortet dort der Proxy selbst, etwa mit einer Anmeldeseite? /teams/ ohne Anmeldung weiterleiten.",
    )


def _instant(header: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except (TypeError, ValueError, IndexError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
