"""What Microsoft's login says when it gives no token, and what an operator does then."""

from __future__ import annotations

import json
import re
from typing import Any

_CODE = re.compile(r"AADSTS(\d{4,8})")
_WORD = re.compile(r"[a-z_]{1,40}")

# Source: Microsoft Learn, “Microsoft Entra authentication and authorization error codes”.
MENDS = {
    "7000215": "The client secret is wrong. Set LOTSE_TEAMS_CLIENT_SECRET to the secret's value, not to its id.",
    "7000222": "The client secret has expired. Make a new one in the app registration, set LOTSE_TEAMS_CLIENT_SECRET.",
    "700016": "The tenant has no app with this id. Check LOTSE_TEAMS_APP_ID and LOTSE_TEAMS_TENANT_ID.",
    "90002": "There is no such tenant in this cloud. Check LOTSE_TEAMS_TENANT_ID and LOTSE_TEAMS_CLOUD.",
    "900023": "The tenant id is no valid id. Check LOTSE_TEAMS_TENANT_ID.",
    "90038": "The tenant belongs to another of Microsoft's clouds. Check LOTSE_TEAMS_CLOUD.",
    "500011": "The tenant does not know the Bot Framework under this address. Check LOTSE_TEAMS_CLOUD.",
    "700024": "The proof of certificate or federated credential is not valid now. Check this machine's clock.",
    "70021": "The app trusts no such token. Check issuer, subject and audience of its federated credential.",
    "700211": "The app trusts no token of this issuer. Check the issuer of its federated credential.",
    "700212": "The app trusts no token for this audience. Check the audience of its federated credential.",
    "700213": "The app trusts no token of this subject. Check the subject of its federated credential.",
    "700027": "The certificate does not belong to the app. Upload it to the app registration, or check "
    "LOTSE_TEAMS_PRIVATE_KEY_FILE and LOTSE_TEAMS_CERTIFICATE_FILE.",
    "7000229": "The app has no service principal in the tenant. Make one with `az ad sp create --id`, or in the "
    "overview of the app registration.",
    "7000112": "The app is disabled in the tenant. Enable sign-in in its enterprise application.",
}
_ELSE = "Check LOTSE_TEAMS_APP_ID, LOTSE_TEAMS_TENANT_ID and the credential."


class NoToken(RuntimeError):
    """There is no token to send with.

    Attributes:
        permanent: whether asking again is no use until an operator changes something.
        code: Microsoft's number of the error, without “AADSTS”; None if there is none.
    """

    def __init__(self, reason: str, permanent: bool = True, code: str | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.code = code


def refused(status: int, content: Any) -> NoToken:
    """What to say of an answer without a token. Of Microsoft's own text only the codes: the rest has ids in it.

    Args:
        status: of HTTP; 400 if msal hides it.
        content: the answer, parsed.
    """
    answer = content if isinstance(content, dict) else {}
    word = answer.get("error")
    name = word if isinstance(word, str) and _WORD.fullmatch(word) else ""
    code = _code(answer)
    if status == 429 or status >= 500 or name == "temporarily_unavailable":
        return NoToken(f"Microsoft's login is not available (HTTP {status}).", permanent=False, code=code)
    known = ", ".join(part for part in (f"HTTP {status}", name, f"AADSTS{code}" if code else "") if part)
    return NoToken(f"Microsoft's login gives no token ({known}). {MENDS.get(code or '', _ELSE)}", code=code)


def parsed(body: bytes) -> Any:
    """A body as JSON; None if it is something else, such as the page of a proxy."""
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
