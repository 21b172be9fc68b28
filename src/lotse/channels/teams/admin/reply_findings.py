"""Findings of ``./lotse teams doctor`` about the replies of Microsoft and of the running Lotse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from lotse.channels.teams.admin.settings_findings import Finding, of_gap
from lotse.channels.teams.auth.login import NoToken, parsed
from lotse.channels.teams.auth.verify_request import LEEWAY_SECONDS, read_keys, read_metadata
from lotse.channels.teams.clouds import Cloud
from lotse.channels.teams.http_client import HttpReply, Unreachable
from lotse.channels.teams.settings import gap_of
from lotse.operator_language import N_, _

_CHANNEL = "msteams"
_CLOCK_HINT_SECONDS = 60

# States that the running channel reports when it is not ready.
_STATES = {
    "not set up": (
        N_("The running Lotse does not know the settings for Teams."),
        N_("Set the environment variables where it is started, and restart it."),
    ),
    "incomplete": (
        N_("The running Lotse does not have all settings for Teams."),
        N_("Set the environment variables where it is started, and restart it."),
    ),
    "no model": (N_("The running Lotse has not loaded a model."), N_("Run ./lotse train and restart it.")),
}


def of_unreachable(error: Unreachable, host: str, remedy: str) -> Finding:
    """The finding if a host did not answer.

    Args:
        error: names the kind of failure, unless it was a timeout.
        host: the host that was asked.
        remedy: what to check, unless the certificate is the problem.
    """
    if error.kind is not None and "Certificate" in error.kind:
        text = _("The TLS certificate of {host} is not trusted.").format(host=host)
        return Finding("fault", text, _("Is the chain complete? If a proxy inspects TLS, Python needs its CA."))
    if error.kind is None:
        return Finding("fault", _("{host} does not answer.").format(host=host), remedy)
    return Finding("fault", _("{host} cannot be reached ({error}).").format(host=host, error=error.kind), remedy)


def of_clock(header: str | None, now: float) -> Finding:
    """The finding about this machine's clock, compared with Microsoft's.

    Args:
        header: ``Date`` of a reply of the login server.
        now: seconds since 1970 on this machine when it arrived.
    """
    theirs = _instant(header)
    if theirs is None:
        return Finding("hint", _("The clocks could not be compared: the answer of Microsoft's login contains no time."))
    off = round(abs(now - theirs))
    fast = now > theirs
    remedy = _("Let NTP set the time (timedatectl set-ntp true).")
    if off > LEEWAY_SECONDS:
        text = (
            _clock(off, fast)
            + " "
            + _("From {seconds} s on, Microsoft's messages count as expired.").format(seconds=LEEWAY_SECONDS)
        )
        return Finding("fault", text, remedy)
    if off > _CLOCK_HINT_SECONDS:
        return Finding("hint", _clock(off, fast), remedy)
    return Finding("good", _("The clock agrees with that of Microsoft's login."))


def of_metadata(reply: HttpReply, cloud: Cloud) -> tuple[Finding, str | None]:
    """The finding about the OpenID document of Microsoft's keys, and the address of the keys if it is valid."""
    document = parsed(reply.body)
    if reply.status != 200 or not isinstance(document, Mapping):
        text = _("The OpenID document did not arrive (HTTP {status}).").format(status=reply.status)
        return Finding(
            "fault", text, _("Does a proxy answer there? {url} must be reachable.").format(url=cloud.metadata_url)
        ), None
    if document.get("issuer") != cloud.issuer:
        text = _("The OpenID document is not that of this cloud.")
        return Finding("fault", text, _("Check LOTSE_TEAMS_CLOUD and LOTSE_TEAMS_METADATA_URL.")), None
    try:
        address = read_metadata(document)
    except ValueError:
        return Finding(
            "fault", _("The OpenID document contains no address of the keys."), _("Check LOTSE_TEAMS_METADATA_URL.")
        ), None
    return Finding("good", _("The OpenID document of the cloud can be reached.")), address


def of_keys(reply: HttpReply) -> Finding:
    """The finding about the keys with which Microsoft signs its requests."""
    remedy = _("Does a proxy answer there? Without keys the Lotse accepts no message.")
    try:
        keys = read_keys(parsed(reply.body) if reply.status == 200 else None)
    except ValueError:
        return Finding(
            "fault",
            _("Microsoft's keys did not arrive or are unusable (HTTP {status}).").format(status=reply.status),
            remedy,
        )
    ours = [key for key in keys.values() if not key.endorsements or _CHANNEL in key.endorsements]
    if not ours:
        return Finding("fault", _("None of Microsoft's keys is meant for Teams."), _("Check LOTSE_TEAMS_CLOUD."))
    return Finding("good", _("Microsoft's keys are there ({count} for Teams).").format(count=len(ours)))


def of_refusal(error: NoToken) -> Finding:
    """The finding if Microsoft's login gives no token."""
    reason, remedy = error.told()
    return Finding("fault", reason, remedy)


def of_health(reply: HttpReply, url: str) -> Iterator[Finding]:
    """Findings from the health report of the running channel; see ``lotse.channels.teams.channel.health_report``."""
    report = parsed(reply.body)
    status = report.get("status") if isinstance(report, Mapping) else None
    if reply.status == 404 and status not in _STATES:
        remedy = _("Is the channel opened in credentials.yml, does the proxy pass /teams/ on?")
        yield Finding("fault", _("There is no Teams channel at {url}.").format(url=url), remedy)
        return
    if not isinstance(report, Mapping) or (status != "ready" and status not in _STATES):
        text = _("Something other than the Lotse answers at {url} (HTTP {status}).").format(
            url=url, status=reply.status
        )
        yield Finding("fault", text, _("Does the proxy pass /teams/ on unchanged and without a sign-in page?"))
        return
    if status != "ready":
        text, remedy = _STATES[str(status)]
        yield Finding("fault", _(text), _(remedy))
        lacking = report.get("missing")
        gaps = map(gap_of, lacking) if isinstance(lacking, list) else ()
        yield from (of_gap(gap) for gap in gaps if gap is not None)
        return
    yield Finding("good", _("The running Lotse at {url} is ready for Teams.").format(url=url))
    messages = report.get("messages")
    lost = [messages.get(name) for name in ("undelivered", "failed")] if isinstance(messages, Mapping) else []
    if any(isinstance(number, int) and number for number in lost):
        text = _("Since its start, {undelivered} answers were not delivered and {failed} messages failed.").format(
            undelivered=lost[0], failed=lost[1]
        )
        yield Finding("hint", text, _("The reasons are in .lotse/logs/rasa.log."))
    simplified = messages.get("simplified") if isinstance(messages, Mapping) else None
    if isinstance(simplified, int) and simplified:
        text = _("Since its start, Teams refused {count} messages, which were then sent as plain text.").format(
            count=simplified
        )
        yield Finding("hint", text, _("The reasons are in .lotse/logs/rasa.log; please tell the developers."))


def of_unauthenticated(reply: HttpReply, url: str) -> Finding:
    """The finding about the messaging endpoint's response to an unauthenticated request."""
    if reply.status in (401, 403):
        return Finding("good", _("{url} turns unknown senders away.").format(url=url))
    if reply.status == 503:
        return Finding(
            "fault",
            _("{url} does not accept messages yet.").format(url=url),
            _("Restart the running Lotse with the settings."),
        )
    if reply.status in (404, 405):
        return Finding(
            "fault",
            _("{url} does not exist (HTTP {status}).").format(url=url, status=reply.status),
            _("The proxy must pass on POST to /teams/, too."),
        )
    text = _("{url} answers an unknown sender with HTTP {status} instead of 403.").format(url=url, status=reply.status)
    return Finding(
        "fault",
        text,
        _("Does the proxy itself answer there, for example with a sign-in page? Pass /teams/ on without a sign-in."),
    )


def _clock(seconds: int, fast: bool) -> str:
    text = _("The clock is {seconds} s fast.") if fast else _("The clock is {seconds} s slow.")
    return text.format(seconds=seconds)


def _instant(header: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except (TypeError, ValueError, IndexError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
