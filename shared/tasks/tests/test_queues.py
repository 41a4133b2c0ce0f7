"""A table of queues that does not fit together is refused when it is made, not when an officer meets it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pytest

from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.officers import Officers
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.queues import Approved, Choice, Proposal, Queues, answers
from shared.tasks.router import proposal_model
from shared.tasks.tests.desk import (
    CHOICES,
    IDENTITY,
    QUEUES,
    WAGES,
    DropMatter,
    Dropped,
    drop_matter,
    matter_state,
    name_similar_worker,
)
from shared.web.money import examples

READERS = {"matter": matter_state}
FIRST, SECOND = CHOICES


@dataclass(frozen=True)
class DropIt:
    """What two officers drop."""

    matter: str
    found: None
    officers: Officers


class WrittenOut(Proposal):
    """That it is nobody's."""

    model_config = examples({"kind": "written_out"})

    kind: Literal["written_out"]

    def command(self, approved: Approved) -> DropIt:
        return DropIt(approved.subject, None, approved.officers)


class NoExample(Proposal):
    """Shows nothing."""

    kind: Literal["no_example"]

    def command(self, approved: Approved) -> DropMatter:
        return DropMatter(approved.cause, 1)


class NoKind(Proposal):
    """Cannot be told apart."""

    model_config = examples({"person": 1})

    person: int

    def command(self, approved: Approved) -> DropMatter:
        return DropMatter(approved.cause, 1)


class TwoKinds(Proposal):
    """Is two."""

    model_config = examples({"kind": "one"})

    kind: Literal["one", "two"]

    def command(self, approved: Approved) -> DropMatter:
        return DropMatter(approved.cause, 1)


@dataclass(frozen=True)
class NobodysCommand:
    """Nobody runs it."""


def at_once(command: DropMatter, uow: UnitOfWork) -> None:
    """A handler that does not wait."""


def table(
    stated: tuple[Queue, ...] = (WAGES, IDENTITY),
    choices: tuple[Choice, ...] = CHOICES,
    readers: Any = READERS,
) -> Queues:
    return Queues("claims", stated, choices, readers)


WRONG: dict[str, tuple[Callable[[], Queues], str]] = {
    "two queues of one name": (lambda: table((WAGES, IDENTITY, replace(WAGES, charter="complaint"))), "one name"),
    "another service's role": (lambda: table((WAGES, replace(IDENTITY, scope="jobs:x:decide"))), "scope of claims"),
    "no such promise": (
        lambda: table((WAGES, replace(IDENTITY, charter="a_cup_of_tea"))),
        "does not know .'a_cup_of_tea'",
    ),
    "a queue without proposals": (lambda: table(choices=(FIRST,)), "nothing can be proposed in .'identity'"),
    "a queue that is not stated": (lambda: table((WAGES,)), "no queues of the domain"),
    "a subject that nobody reads": (lambda: table(readers={}), "nobody reads the state of .'matter'"),
    "two proposals of one kind": (lambda: table(choices=(*CHOICES, SECOND)), "one kind"),
    "no example": (lambda: table(choices=(FIRST, replace(SECOND, proposal=NoExample))), "shows no example"),
    "no kind": (lambda: table(choices=(FIRST, replace(SECOND, proposal=NoKind))), "has no kind"),
    "two kinds": (lambda: table(choices=(FIRST, replace(SECOND, proposal=TwoKinds))), "has no kind"),
    "another command": (lambda: table(choices=(FIRST, replace(SECOND, command=NobodysCommand))), "does not make a"),
    "no command": (lambda: table(choices=(FIRST, replace(SECOND, command=str))), "is no command"),
    "another handler": (
        lambda: table(choices=(FIRST, replace(SECOND, handler=name_similar_worker))),
        "takes something",
    ),
    "a handler that does not wait": (
        lambda: table(choices=(FIRST, replace(SECOND, handler=at_once))),  # type: ignore[arg-type]
        "does not wait",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_together_is_refused(name: str) -> None:
    make, said = WRONG[name]
    with pytest.raises((ValueError, TypeError), match=said):
        make()


def test_one_kind_of_proposal_needs_nothing_to_be_told_apart_by() -> None:
    only = table((IDENTITY,), (Choice(IDENTITY, Dropped, DropMatter, drop_matter),))
    assert proposal_model(only).model_validate({"revision": 1, "says": {"kind": "dropped"}})
    assert only.read({"kind": "dropped"}) == Dropped(kind="dropped")


def test_the_body_of_a_proposal_shows_an_example_of_each_kind() -> None:
    model = proposal_model(QUEUES)
    shown = model.model_json_schema()["examples"]
    assert [each["says"]["kind"] for each in shown] == ["similar_worker", "dropped"]
    for each in shown:
        model.model_validate(each)


def test_an_officer_works_in_the_queues_of_its_roles() -> None:
    assert QUEUES.of_scopes(frozenset({WAGES.scope, "claims:task:read"})) == {"no_wage_month"}


async def drop_it(command: DropIt, uow: UnitOfWork) -> None:
    """What an approval runs."""


def test_a_plain_answer_is_documented_as_a_proposal_that_is_written_out() -> None:
    (plain,) = answers(IDENTITY, DropIt, drop_it, str, written_out=(None, "That it is nobody's."))
    assert plain.proposal.model_json_schema() == WrittenOut.model_json_schema()
    said = table((IDENTITY,), (plain,)).read({"kind": "written_out"})
    officers = Officers("organisation:1", "officer-1", "officer-2", now())
    approved = Approved(new_id(), new_id(), Subject.of("matter", 1), 1, "doubt", officers)
    assert said.command(approved) == DropIt("matter/1", None, officers)


def test_a_plain_answer_of_another_command_is_refused() -> None:
    (plain,) = answers(IDENTITY, DropIt, drop_matter, str, written_out=(None, "That it is nobody's."))
    with pytest.raises(TypeError, match="takes something else"):
        table((IDENTITY,), (plain,))
