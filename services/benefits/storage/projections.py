"""What benefits knows of claims: tables that may be emptied and are filled again (docs/reliability.md).

Who has died and whose numbers are one person's is not among them, though an announcement fills it too: what is owed to
a payee may be known again before its death or its merge is, and would be paid.
"""

from services.benefits.storage import tables as t
from shared.persistence.erased import ERASED_PERSON

PROJECTIONS = (t.assessment, t.entitlement, t.entitlement_term, t.refusal, ERASED_PERSON)
