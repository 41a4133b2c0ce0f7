"""What jobs knows of spells and of persons: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.jobs.storage import tables as t
from shared.persistence.erased import ERASED_PERSON

PROJECTIONS = (t.spell, t.spell_proof, t.known_merge, ERASED_PERSON)
