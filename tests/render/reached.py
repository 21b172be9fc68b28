"""A guide whose authority has said how to reach some of its offices."""

from __future__ import annotations

from dataclasses import replace

from lotse.content import Guide


def with_some_reached(guide: Guide) -> Guide:
    """The guide in which every second office, by its id, has a phone number, a mail address and an address."""
    reached = {
        id: contact.copy(
            update={"phone": "0421 361-0", "email": f"{id}@example.org", "url": f"https://example.org/{id}"}
        )
        for id, contact in sorted(guide.contacts.items())[::2]
    }
    return replace(guide, contacts={**guide.contacts, **reached})
