"""What a run expects to stand, month by month, after each step: worked out from the pack alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.files import ringgit

Standing = tuple[int, tuple[int, int, int, int, int]]
NOTHING: Standing = (0, (0, 0, 0, 0, 0))


@dataclass
class Model:
    """Wages and amounts of each person's months, with the revision: equal content makes none."""

    stands: dict[tuple[str, str], tuple[int, Standing]] = field(default_factory=dict)

    def of(self, person: str, month: str) -> Standing:
        """What stands, nothing where no line does."""
        return self.stands.get((person, month), (0, NOTHING))[1]

    def post(self, person: str, month: str, wages: int, amounts: Sequence[int | None]) -> Standing:
        """A line is taken; what it does not state stays as it stood."""
        revision, before = self.stands.get((person, month), (0, NOTHING))
        told = tuple(was if now is None else now for was, now in zip(before[1], amounts, strict=True))
        now: Standing = (wages, told)  # type: ignore[assignment]
        if revision == 0 or now != before:
            revision += 1
        self.stands[person, month] = (revision, now)
        return now

    def expected(self, person: str) -> dict[str, tuple[int, Standing]]:
        """The months of a person."""
        return {month: held for (key, month), held in self.stands.items() if key == person}


def differences(
    name: str, expected: Mapping[str, tuple[int, Standing]], found: Mapping[str, tuple[int, Standing]]
) -> list[str]:
    """In words, what of a person's months stands otherwise than expected; a line withdrawn may be left out."""
    said = []
    for month in sorted(expected.keys() | found.keys()):
        wanted, is_so = expected.get(month), found.get(month)
        if wanted == is_so or (is_so is None and wanted is not None and wanted[1] == NOTHING):
            continue
        said.append(f"{name} {month}: expected {_told(wanted)}, stands {_told(is_so)}")
    return said


def _told(held: tuple[int, Standing] | None) -> str:
    if held is None:
        return "nothing"
    revision, (wages, amounts) = held
    return f"{ringgit(wages)}: {' / '.join(map(ringgit, amounts))}, revision {revision}"
