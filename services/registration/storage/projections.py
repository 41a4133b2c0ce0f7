"""What registration knows of other services: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.registration.storage import tables as t

PROJECTIONS = (t.known_claim, t.erasure_followed)
