"""A fake of Microsoft's login: gives the bot tokens to send with, and knows its own again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import jwt

from lotse.channels.teams.clouds import CLOUDS
from tools.fake_azure.signer import APP_ID, TENANT_ID, private_key

SECRET = "the secret of the fake"
RESOURCE = CLOUDS["public"].resource
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Answer = tuple[int, dict[str, Any]]


IDENTITY_ID = "5f0d7f4c-93a1-4d0e-8a43-0c1de1a3c2b7"
EXCHANGE = CLOUDS["public"].exchange_audience


@dataclass(frozen=True)
class Trust:
    """A federated identity credential of the app registration: whose tokens stand for the app.

    Source: Microsoft Learn, “Configure an app to trust an external identity provider”: issuer and subject are compared
    as they are, the case of letters included; the token has the one audience.

    Attributes:
        key: name of the key the issuer signs with.
    """

    issuer: str
    subject: str
    audience: str = EXCHANGE
    key: str = "issuer"

    def token(self, **claims: Any) -> str:
        """A token that is trusted, unless ``claims`` put something else in."""
        now = int(time.time())
        right = {"iss": self.issuer, "sub": self.subject, "aud": self.audience, "iat": now, "exp": now + 600}
        return jwt.encode({**right, **claims}, private_key(self.key), "RS256")


class FakeLogin:
    """Gives tokens as Entra does, for one app in one tenant.

    Attributes:
        expires_in: seconds a new token lasts.
        certificate: public key of the app's certificate, if it may prove itself with one.
        trust: its federated identity credential, if it has one.
        forms: every form that asked for a token.
    """

    def __init__(self, app_id: str = APP_ID, tenant_id: str = TENANT_ID) -> None:
        self.app_id = app_id
        self.tenant_id = tenant_id
        self.expires_in = 3599
        self.certificate: Any = None
        self.trust: Trust | None = None
        self.forms: list[dict[str, str]] = []
        self._numbers = count(1)
        self._good: set[str] = set()

    def token(self, tenant: str, form: Mapping[str, str], host: str) -> Answer:
        """Answer a form sent to ``/<tenant>/oauth2/v2.0/token`` of a host."""
        self.forms.append(dict(form))
        if tenant.lower() == "botframework.com":
            return _error("unauthorized_client", 700016, "Application was not found in the directory 'Bot Framework'")
        if tenant != self.tenant_id:
            return _error("invalid_request", 90002, f"Tenant '{tenant}' not found")
        if form.get("client_id") != self.app_id:
            return _error("unauthorized_client", 700016, f"Application '{form.get('client_id')}' was not found")
        if form.get("grant_type") != "client_credentials" or form.get("scope") != f"{RESOURCE}/.default":
            return _error("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid")
        if "client_assertion" in form:
            if form.get("client_assertion_type") != ASSERTION or "client_secret" in form:
                return _error("invalid_request", 900144, "The request body must contain: 'client_assertion_type'")
            if (fault := self._doubt(form["client_assertion"], token_endpoint(tenant, host))) is not None:
                return _error("invalid_client", *fault, status=401)
        elif form.get("client_secret") != SECRET:
            return _error("invalid_client", 7000215, "Invalid client secret provided", 401)
        return 200, self._issue()

    def managed_identity(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer a question to the address that only machines in Azure reach."""
        if headers.get("Metadata") != "true" or query.get("client_id") not in (self.app_id, IDENTITY_ID):
            return 400, {"error": "invalid_request", "error_description": "Identity not found"}
        if query["client_id"] == IDENTITY_ID and query.get("resource") == EXCHANGE:
            return 200, {"token_type": "Bearer", "expires_in": "86399", "access_token": self.identity.token()}
        if query.get("resource") != RESOURCE:
            return 400, {"error": "invalid_resource", "error_description": "AADSTS500011: not found"}
        return 200, {**self._issue(), "resource": RESOURCE}

    def accepts(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header holds a token of ours that is good now."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or token not in self._good:
            return False
        key = private_key("login").public_key()
        try:
            jwt.decode(token, key, algorithms=["RS256"], audience=RESOURCE, options={"require": ["exp"]})
        except jwt.PyJWTError:
            return False
        return True

    def revoke(self) -> None:
        """Take back all tokens given so far."""
        self._good.clear()

    def _issue(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {"aud": RESOURCE, "appid": self.app_id, "tid": self.tenant_id, "iat": now, "exp": now + 3600}
        token = jwt.encode({**claims, "uti": str(next(self._numbers))}, private_key("login"), "RS256")
        self._good.add(token)
        return {"token_type": "Bearer", "expires_in": self.expires_in, "access_token": token}

    @property
    def identity(self) -> Trust:
        """The managed identity of this machine as the app registration has to trust it."""
        issuer = f"https://login.microsoftonline.com/{self.tenant_id}/v2.0"
        return Trust(issuer, "object id of the managed identity", key="entra")

    def _doubt(self, assertion: str, endpoint: str) -> tuple[int, str] | None:
        """Code and text of the error if a client assertion (RFC 7523, 2.2) does not stand for the app."""
        try:
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.PyJWTError:
            return 50027, "JWT token is invalid or malformed"
        if claims.get("iss") == self.app_id:
            registered = self._is_of_certificate(assertion, endpoint)
            return None if registered else (700027, "The certificate is not registered on the application")
        if self.trust is None:
            return 70021, "No matching federated identity record found for presented assertion"
        for code, claim, wanted in (
            (700211, "iss", self.trust.issuer),
            (700213, "sub", self.trust.subject),
            (700212, "aud", self.trust.audience),
        ):
            if claims.get(claim) != wanted:
                return code, f"No matching federated identity record found for presented assertion {claim}"
        try:
            key = private_key(self.trust.key).public_key()
            needed = jwt.types.Options(require=["exp"])
            jwt.decode(assertion, key, algorithms=["RS256"], audience=self.trust.audience, options=needed)
        except jwt.ExpiredSignatureError:
            return 700024, "Client assertion is not within its valid time range"
        except jwt.PyJWTError:
            return 50013, "Assertion failed signature validation"
        return None

    def _is_of_certificate(self, assertion: str, endpoint: str) -> bool:
        """Whether a client assertion is signed with the app's certificate and made for this endpoint.

        Source: Microsoft Learn, “Microsoft identity platform application authentication certificate credentials”.
        """
        try:
            header = jwt.get_unverified_header(assertion)
            claims = jwt.decode(
                assertion,
                self.certificate,
                algorithms=["PS256", "RS256"],
                audience=endpoint,
                options={"require": ["aud", "exp", "iss", "jti", "sub"]},
            )
        except (jwt.PyJWTError, TypeError):
            return False
        return claims["iss"] == claims["sub"] == self.app_id and ("x5t" in header or "x5t#S256" in header)

    def discovery(self, tenant: str, host: str) -> Answer:
        """The OpenID document of a tenant, which msal reads before it asks for a token."""
        if tenant not in (self.tenant_id, "botframework.com", "common"):
            return _error("invalid_tenant", 90002, f"Tenant '{tenant}' not found")
        return 200, {
            "issuer": f"https://{host}/{tenant}/v2.0",
            "authorization_endpoint": f"https://{host}/{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": token_endpoint(tenant, host),
        }


def token_endpoint(tenant: str, host: str) -> str:
    """Where a tenant gives tokens; Entra knows itself by https only."""
    return f"https://{host}/{tenant}/oauth2/v2.0/token"


def _error(name: str, code: int, text: str, status: int = 400) -> Answer:
    described = f"AADSTS{code}: {text}. Trace ID: 0c1d Correlation ID: 3e4f"
    return status, {"error": name, "error_description": described, "error_codes": [code]}


__all__ = ["APP_ID", "SECRET", "TENANT_ID", "FakeLogin"]
