"""What rehab knows of claims and persons: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.rehab.storage import tables as t
from shared.persistence.erased import ERASED_PERSON

PROJECTIONS = (t.accident, t.assessment, t.advice, t.known_merge, ERASED_PERSON)
