"""Two officers: what one of them states or proposes holds when another one lets it (decisions 41 and 86)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.errors import JaringError

# The fact of a subject that names the officer of whom it is: for that one there is no task about it.
OF_OFFICER = "of_officer"


@dataclass(frozen=True, slots=True)
class Officers:
    """On whose word something holds, since when, and for whom both act."""

    tenant: str
    proposed_by: str
    approved_by: str
    at: datetime

    @property
    def both(self) -> tuple[str, str]:
        """Who proposed and who approved."""
        return self.proposed_by, self.approved_by

    @property
    def row(self) -> dict[str, str | datetime]:
        """Who and when, as it is kept beside what they decided."""
        return {"proposed_by": self.proposed_by, "approved_by": self.approved_by, "at": self.at}


def must_be_another(
    officer: str, stated_by: Collection[str | None], refusal: type[JaringError], **about: str | int
) -> None:
    """Raises the refusal, of what it is ``about``, where the officer is among those who stated it: told apart by the
    subject of their token, whichever client they use; one that differs by capitals only is the same."""
    if officer.casefold() in {each.casefold() for each in stated_by if each is not None}:
        raise refusal(facts=about)
