"""What registration knows of claims: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.registration.storage import tables as t

PROJECTIONS = (t.known_claim,)
