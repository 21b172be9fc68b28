"""Errors of Microsoft's login, with remedies for operators."""

from __future__ import annotations

import json
import re
from typing import Any

from lotse.operator_language import N_, Message

_CODE = re.compile(r"AADSTS(\d{4,8})")
_WORD = re.compile(r"[a-z_]{1,40}")

# Problem and remedy by Microsoft's error number (AADSTS…).
# Source: Microsoft Learn, “Microsoft Entra authentication and authorization error codes”.
LOGIN_ERRORS = {
    "7000215": (
        N_("The client secret is wrong."),
        N_("Set LOTSE_TEAMS_CLIENT_SECRET to the value of the secret, not to its id."),
    ),
    "7000222": (
        N_("The client secret has expired."),
        N_("Make a new one in the app registration and set LOTSE_TEAMS_CLIENT_SECRET."),
    ),
    "700016": (
        N_("The tenant has no app with this id."),
        N_("Check LOTSE_TEAMS_APP_ID and LOTSE_TEAMS_TENANT_ID."),
    ),
    "90002": (
        N_("There is no such tenant in this cloud."),
        N_("Check LOTSE_TEAMS_TENANT_ID and LOTSE_TEAMS_CLOUD."),
    ),
    "900023": (N_("The tenant id is not a valid id."), N_("Check LOTSE_TEAMS_TENANT_ID.")),
    "90038": (N_("The tenant belongs to another of Microsoft's clouds."), N_("Check LOTSE_TEAMS_CLOUD.")),
    "500011": (
        N_("The tenant does not know the Bot Framework under this address."),
        N_("Check LOTSE_TEAMS_CLOUD."),
    ),
    "700024": (
        N_("The proof (certificate or token of the federated credential) is not valid now."),
        N_("Check this machine's clock."),
    ),
    "70021": (
        N_("The app does not trust such a token."),
        N_("Check the issuer, subject and audience of its federated credential in the app registration."),
    ),
    "700211": (
        N_("The app does not trust tokens of this issuer."),
        N_("Check the issuer of its federated credential in the app registration."),
    ),
    "700212": (
        N_("The app does not trust tokens for this audience."),
        N_("Check the audience of its federated credential in the app registration."),
    ),
    "700213": (
        N_("The app does not trust tokens of this subject."),
        N_("Check the subject of its federated credential in the app registration."),
    ),
    "700027": (
        N_("The certificate does not belong to the app."),
        N_("Upload it to the app registration; check LOTSE_TEAMS_PRIVATE_KEY_FILE and LOTSE_TEAMS_CERTIFICATE_FILE."),
    ),
    "7000229": (
        N_("The app has no service principal in the tenant."),
        N_(
            "Run az ad sp create --id APP-ID, or choose “Create service principal” in the overview of the app "
            "registration."
        ),
    ),
    "7000112": (N_("The app is disabled in the tenant."), N_("Enable sign-in in its enterprise application.")),
}
_ELSE = Message(N_("Check LOTSE_TEAMS_APP_ID, LOTSE_TEAMS_TENANT_ID and the credential."))
_TRY_AGAIN = Message(N_("Check the network and HTTPS_PROXY, and try again later."))


class NoToken(RuntimeError):
    """There is no access token. The text is English, for logs.

    Args:
        reason: what happened.
        permanent: see below.
        code: see below.
        remedy: what to do; None for a failure that may pass by itself.

    Attributes:
        permanent: whether retrying is useless until an operator changes something.
        code: Microsoft's number of the error, without “AADSTS”; None if there is none.
    """

    def __init__(
        self,
        reason: Message | str,
        permanent: bool = True,
        code: str | None = None,
        remedy: Message | None = None,
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(" ".join(str(part) for part in (reason, remedy) if part))
        self.permanent = permanent
        self.code = code

    def told(self) -> tuple[str, str]:
        """Problem and remedy (empty if none is known) in the operator's language."""
        reason = self.reason.told() if isinstance(self.reason, Message) else self.reason
        remedy = self.remedy or (None if self.permanent else _TRY_AGAIN)
        return reason, remedy.told() if remedy else ""


def refused(status: int, content: Any) -> NoToken:
    """The error for a response without a token. Only Microsoft's codes are repeated, because its texts contain ids.

    Args:
        status: HTTP status; 400 if msal hides it.
        content: the parsed body.
    """
    answer = content if isinstance(content, dict) else {}
    word = answer.get("error")
    name = word if isinstance(word, str) and _WORD.fullmatch(word) else ""
    code = _code(answer)
    if status == 429 or status >= 500 or name == "temporarily_unavailable":
        busy = Message(N_("Microsoft's login is not available (HTTP {status})."), {"status": status})
        return NoToken(busy, permanent=False, code=code)
    known = ", ".join(part for part in (f"HTTP {status}", name, f"AADSTS{code}" if code else "") if part)
    if code not in LOGIN_ERRORS:
        return NoToken(Message(N_("Microsoft's login gives no token ({error})."), {"error": known}), True, code, _ELSE)
    cause, remedy = LOGIN_ERRORS[code]
    reason = Message(
        N_("Microsoft's login gives no token ({error}). {cause}"), {"error": known, "cause": Message(cause)}
    )
    return NoToken(reason, True, code, Message(remedy))


def parsed(body: bytes) -> Any:
    """The parsed JSON of a body; None if it is not JSON, such as a proxy's error page."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(answer: dict[str, Any]) -> str | None:
    described = _CODE.search(str(answer.get("error_description") or ""))
    if described:
        return described[1]
    codes = answer.get("error_codes")
    return str(codes[0]) if isinstance(codes, list) and codes and isinstance(codes[0], int) else None
