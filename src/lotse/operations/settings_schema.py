"""What `endpoints.yml` and `config.yml` may hold, as far as this program uses it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Extra, Field, validator

from lotse.content.model import Strict
from lotse.operator_language import _
from lotse.rasa_adapter.retention import DEFAULT_DAYS

TRACKER_STORE = "lotse.rasa_adapter.tracker_store.ForgettingTrackerStore"
LOCK_STORE = "lotse.rasa_adapter.shared_lock.SharedLock"
IN_MEMORY = "in_memory"


class ActionEndpoint(Strict):
    """Where the action server is; Rasa's settings."""

    url: str
    enable_selective_domain: bool = False
    token: str | None = None
    token_name: str | None = None
    headers: dict[str, str] | None = None
    basic_auth: dict[str, str] | None = None
    params: dict[str, str] | None = None
    cafile: str | None = None

    @validator("url")
    def _url(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError(_("This is not an address; write it as http://127.0.0.1:5055/webhook."))
        return address


class TrackerStore(Strict):
    """Where conversations are kept."""

    type: str
    dialect: Literal["sqlite", "postgresql"] = "sqlite"
    db: str = "rasa.db"
    url: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    username: str | None = None
    password: str | None = None
    login_db: str | None = None
    query: dict[str, Any] | None = None
    loaded_events: int = Field(12, ge=6, le=1000)
    retention_days: int = Field(DEFAULT_DAYS, ge=1)

    @validator("type")
    def _type(cls, name: str) -> str:
        if name != TRACKER_STORE:
            raise ValueError(_("Conversations could not be deleted from it; write {name}.").format(name=TRACKER_STORE))
        return name


class LockStore(Strict):
    """What keeps a conversation's messages in order."""

    type: str
    url: str | None = None
    port: int = Field(6379, ge=1, le=65535)
    db: int = Field(1, ge=0)
    username: str | None = None
    password: str | None = None
    use_ssl: bool = False
    ssl_ca_certs: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None

    @validator("type")
    def _type(cls, name: str) -> str:
        if name not in (LOCK_STORE, IN_MEMORY):
            raise ValueError(
                _("Only {name} is atomic and ends with its holder; or {other} for one server.").format(
                    name=LOCK_STORE, other=IN_MEMORY
                )
            )
        return name


class Endpoints(Strict):
    """`endpoints.yml`."""

    action_endpoint: ActionEndpoint
    tracker_store: TrackerStore
    lock_store: LockStore | None = None


class Component(Strict):
    """A component of the pipeline, a policy or an importer; its own settings are checked when it is made."""

    class Config(Strict.Config):
        extra = Extra.allow

    name: str


class Config(Strict):
    """`config.yml`."""

    recipe: Literal["default.v1"]
    language: str
    assistant_id: str = Field(..., min_length=1)
    importers: list[Component] = Field(..., min_items=1)
    pipeline: list[Component] = Field(..., min_items=1)
    policies: list[Component] = Field(..., min_items=1)
