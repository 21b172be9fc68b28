"""The tracker store of a project, opened beside the servers: for deleting, checking and saving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException

from lotse.errors import OperationError, SettingsError
from lotse.operator_language import _
from lotse.paths import home
from lotse.rasa_adapter.channel_support import TRACKER_STORE
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore


@contextmanager
def opened_store(folder: Path | None = None) -> Iterator[ForgettingTrackerStore]:
    """The tracker store of ``endpoints.yml``. Relative paths count from the project folder, as for the server.

    Args:
        folder: the project folder; the usual one if not given.

    Raises:
        OperationError: the file names another store, or a setting cannot be used.
    """
    folder = folder or home()
    try:
        settings = AvailableEndpoints.read_endpoints(str(folder / "endpoints.yml")).tracker_store
    except Exception as error:  # Rasa raises whatever its readers raise
        raise OperationError(_("endpoints.yml cannot be read: {reason}").format(reason=error)) from None
    if settings is None or settings.type != TRACKER_STORE:
        raise OperationError(
            _("endpoints.yml does not name the tracker store of this program: tracker_store: type: {name}").format(
                name=TRACKER_STORE
            )
        )
    given = dict(settings.kwargs)
    if given.get("dialect", "sqlite") == "sqlite":
        given["db"] = str(folder / str(given.get("db", "rasa.db")))
    try:
        store = ForgettingTrackerStore(Domain.empty(), host=settings.url, **given)
    except (RasaException, SettingsError, TypeError) as error:
        raise OperationError(str(error)) from None
    try:
        yield store
    finally:
        store.engine.dispose()


def conversations_of(store: ForgettingTrackerStore, start: float, end: float) -> list[str]:
    """Names of the conversations that hold a message of a time; no text is read.

    Args:
        store: the tracker store.
        start: seconds since 1970.
        end: seconds since 1970, itself included.
    """
    table = store.SQLEvent
    with store.session_scope() as session:
        said = session.query(table.sender_id).filter(table.type_name == "user", table.timestamp.between(start, end))
        return sorted(sender for (sender,) in said.distinct())
