"""Required settings that are missing: one table for the log, the health report and ``./lotse teams doctor``."""

from __future__ import annotations

from dataclasses import dataclass

from lotse.operator_language import N_, Message

# Problem and remedy, by setting.
_GAPS = {
    "app_id": (
        N_("The app id of the bot is missing."),
        N_("Set LOTSE_TEAMS_APP_ID (app registration, Overview)."),
    ),
    "tenant_id": (
        N_("The tenant is missing."),
        N_("Set LOTSE_TEAMS_TENANT_ID (app registration, Overview)."),
    ),
    "credential": (
        N_("No credential is set with which the bot signs in to Microsoft."),
        N_(
            "Set LOTSE_TEAMS_CLIENT_SECRET; or LOTSE_TEAMS_PRIVATE_KEY_FILE with LOTSE_TEAMS_CERTIFICATE_FILE or "
            "LOTSE_TEAMS_CERTIFICATE_THUMBPRINT; or LOTSE_TEAMS_FEDERATED_IDENTITY; or "
            "LOTSE_TEAMS_FEDERATED_TOKEN_FILE; or LOTSE_TEAMS_MANAGED_IDENTITY=true."
        ),
    ),
    "private_key_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_PRIVATE_KEY_FILE."),
    ),
    "certificate_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_CERTIFICATE_FILE."),
    ),
    "federated_token_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_FEDERATED_TOKEN_FILE."),
    ),
    "allowed_tenants": (
        N_("It is not known whose employees may ask; therefore the Lotse accepts no message."),
        N_(
            "Set LOTSE_TEAMS_TENANT_ID to the id of the tenant (app registration, Overview), not to its domain; or set "
            "LOTSE_TEAMS_ALLOWED_TENANTS."
        ),
    ),
}

# Teams begins a thread only in a tenant that is named by its id.
TENANT_UNKNOWN = Message(
    N_("A contact point has a channel in Teams, but the settings do not say in which tenant it is.")
)
NAME_TENANT = Message(N_("Set LOTSE_TEAMS_TENANT_ID to the id of your own tenant, not to its domain."))


@dataclass(frozen=True)
class Gap:
    """A required setting that is not set, or a file that does not exist.

    Attributes:
        setting: name in ``credentials.yml``; ``credential`` stands for any of the credentials.
        path: of the file; empty for a setting.
    """

    setting: str
    path: str = ""

    @property
    def problem(self) -> Message:
        """The problem, as a sentence."""
        return Message(_GAPS[self.setting][0], {"path": self.path})

    @property
    def remedy(self) -> Message:
        """What to do, as a sentence."""
        return Message(_GAPS[self.setting][1])

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


def gap_of(report: object) -> Gap | None:
    """The gap that an entry of a health report stands for; None if it is not a known one."""
    return Gap(report) if isinstance(report, str) and report in _GAPS else None
