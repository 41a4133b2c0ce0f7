"""What rehab knows of claims and persons: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.rehab.storage import tables as t

PROJECTIONS = (t.accident, t.assessment, t.known_merge)
