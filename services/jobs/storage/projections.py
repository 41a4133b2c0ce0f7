"""What jobs knows of spells and of persons: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.jobs.storage import tables as t

PROJECTIONS = (t.spell, t.spell_proof, t.known_merge)
