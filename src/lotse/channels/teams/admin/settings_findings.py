"""Findings of ``./lotse teams doctor`` about the organisation's own settings, with remedies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from lotse.channels.teams.clouds import CLOUDS, host_of
from lotse.channels.teams.settings import (
    NAME_TENANT,
    TENANT_UNKNOWN,
    Certificate,
    Gap,
    Secret,
    TeamsSettings,
    missing,
    missing_for_login,
)
from lotse.content.model import Contact
from lotse.operator_language import N_, _, day

_EXPIRY_HINT_DAYS = 30

Grade = Literal["good", "hint", "fault"]

_NEAR = {0: "today", 1: "tomorrow"}
_SECRET = {
    "unknown": N_("It is not known when the client secret expires."),
    "over": N_("The client secret expired on {day}."),
    "today": N_("The client secret expires today ({day})."),
    "tomorrow": N_("The client secret expires tomorrow ({day})."),
    "soon": N_("The client secret expires in {days} days ({day})."),
    "later": N_("The client secret is valid until {day}."),
}
_CERTIFICATE = {
    "unknown": N_("It is not known when the certificate expires."),
    "over": N_("The certificate expired on {day}."),
    "today": N_("The certificate expires today ({day})."),
    "tomorrow": N_("The certificate expires tomorrow ({day})."),
    "soon": N_("The certificate expires in {days} days ({day})."),
    "later": N_("The certificate is valid until {day}."),
}


@dataclass(frozen=True)
class Finding:
    """The result of one check, in the operator's language.

    Attributes:
        grade: ``good``, ``hint``, or ``fault`` if Teams does not work or will stop working.
        text: what was found.
        remedy: how to fix it; empty if nothing is to be done.
    """

    grade: Grade
    text: str
    remedy: str = ""


def of_settings(settings: TeamsSettings) -> Iterator[Finding]:
    """Findings about settings that the bot needs."""
    if settings.off:
        yield Finding(
            "fault",
            _("Teams is not set up: no app id, no tenant, no credential."),
            _("docs/teams.md leads through the set-up step by step."),
        )
        return
    for gap in missing_for_login(settings):
        yield of_gap(gap)


def of_gap(gap: Gap) -> Finding:
    """The finding about one missing setting."""
    return Finding("fault", gap.problem.told(), gap.remedy.told())


def of_tenants(settings: TeamsSettings) -> Iterator[Finding]:
    """Findings about the allowed tenants: at least one id must be known."""
    if Gap("allowed_tenants") in missing(settings):
        yield of_gap(Gap("allowed_tenants"))
    if others := sorted(set(settings.allowed_tenants) - {settings.tenant_id}):
        yield Finding(
            "hint",
            _("Besides your own tenant, these may ask: {tenants}.").format(tenants=", ".join(others)),
            _("Check whether LOTSE_TEAMS_ALLOWED_TENANTS is still right."),
        )


def of_addresses(settings: TeamsSettings) -> Iterator[Finding]:
    """Findings about addresses that are not Microsoft's own."""
    usual = CLOUDS[settings.cloud.name]
    if settings.cloud.metadata_url != usual.metadata_url:
        yield Finding(
            "hint",
            _(
                "The keys come from {host} instead of {usual}. Whoever controls this address can write to "
                "the Lotse as Microsoft."
            ).format(host=host_of(settings.cloud.metadata_url), usual=host_of(usual.metadata_url)),
            _("If that is not intended, remove LOTSE_TEAMS_METADATA_URL."),
        )
    if settings.cloud.login_url != usual.login_url:
        yield Finding(
            "hint",
            _(
                "The token comes from {host} instead of {usual}. Whoever controls this address gets to see "
                "the client secret."
            ).format(host=host_of(settings.cloud.login_url), usual=host_of(usual.login_url)),
            _("If that is not intended, remove LOTSE_TEAMS_LOGIN_URL."),
        )


def is_complete(settings: TeamsSettings) -> bool:
    """Whether all settings are there that a request for a token needs."""
    return not any(finding.grade == "fault" for finding in of_settings(settings))


def of_expiry(settings: TeamsSettings, today: date) -> Iterator[Finding]:
    """Findings about the expiry of secret or certificate, the most frequent reason why a bot stops answering."""
    if not isinstance(settings.credential, (Secret, Certificate)):
        return
    sentences = _SECRET if isinstance(settings.credential, Secret) else _CERTIFICATE
    ends = settings.secret_expires
    if ends is None:
        unknown = sentences["unknown"]
        yield Finding(
            "hint",
            _(unknown),
            _("Set LOTSE_TEAMS_SECRET_EXPIRES (2027-11-23); the day is listed under “Certificates & secrets”."),
        )
        return
    days = (ends - today).days
    state = "over" if days < 0 else "later" if days > _EXPIRY_HINT_DAYS else _NEAR.get(days, "soon")
    grade: Grade = "fault" if state == "over" else "good" if state == "later" else "hint"
    renew = _("Renew it in the app registration, change the settings and LOTSE_TEAMS_SECRET_EXPIRES.")
    text = _(sentences[state]).format(day=day(ends), days=days)
    yield Finding(grade, text, "" if grade == "good" else renew)


def of_channels(contacts: Mapping[str, Any], settings: TeamsSettings) -> Iterator[Finding]:
    """Findings about the Teams channels of contact points."""
    named = {
        office: contact
        for office, contact in contacts.items()
        if isinstance(contact, dict) and contact.get("teams_channel")
    }
    if not named:
        yield Finding(
            "good", _("No contact point has a channel in Teams; questions to people are offered as text and e-mail.")
        )
        return
    if settings.off:
        yield Finding(
            "hint",
            _(
                "data/house/contacts.yml names channels in Teams ({offices}), but Teams is not set up: a "
                "question to them is offered in the web chat, too, and does not arrive."
            ).format(offices=", ".join(sorted(named))),
            _("Set up Teams, or remove teams_channel there."),
        )
        return
    wrong = [office for office, contact in named.items() if not _is_channel(contact)]
    for office in wrong:
        yield Finding(
            "fault",
            _("data/house/contacts.yml, {office}, teams_channel: is not a channel.").format(office=office),
            _("In Teams, choose “Get link to channel” at the channel and enter this link."),
        )
    if not settings.own_tenant:
        yield Finding("fault", TENANT_UNKNOWN.told(), NAME_TENANT.told())
    if not settings.cloud.service_url:
        yield Finding(
            "fault",
            _("The address of the service for messages to channels is missing in this cloud."),
            _("Set LOTSE_TEAMS_SERVICE_URL; Microsoft names it for your cloud."),
        )
    elif not settings.allows(settings.cloud.service_url):
        yield Finding(
            "fault",
            _("Messages to channels go to a host that allowed_hosts does not list."),
            _("Add the host of service_url to LOTSE_TEAMS_ALLOWED_HOSTS."),
        )
    if len(named) > len(wrong):
        yield Finding(
            "good",
            _(
                "Channels for questions to people: {offices}. The app must be installed in each of these "
                "teams; that cannot be checked from here."
            ).format(offices=", ".join(sorted(named.keys() - set(wrong)))),
        )


def has_faults(findings: Iterable[Finding]) -> bool:
    """Whether there is a fault among the findings."""
    return any(finding.grade == "fault" for finding in findings)


def _is_channel(contact: Mapping[str, Any]) -> bool:
    try:
        Contact.parse_obj({"label": "x", "for": "x", "teams_channel": contact["teams_channel"]})
    except ValidationError:
        return False
    return True
