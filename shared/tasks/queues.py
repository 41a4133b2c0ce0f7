"""The one table of a service's queues: what may be proposed in each, and the command that an approval runs.

`domain/queues.py` of a service names its queues, so that its commands can open tasks in them; `api/tasks.py` states
this table and makes the router of it. What does not fit together is refused when the module is imported.
"""

import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from inspect import iscoroutinefunction, signature
from types import new_class
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from shared.kernel.officers import Officers
from shared.kernel.queues import LONGEST_NAME, Queue
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.errors import ScopeMissing
from shared.tasks.charter import is_promised
from shared.tasks.errors import ProposalNotForQueue, ProposalOutdated
from shared.tasks.task import StateOf, SubjectState
from shared.web.money import In, examples

# A matter, as its command names it, and what two officers find of it.
K = TypeVar("K")
A = TypeVar("A")
_KIND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval hands to the command: about what, of which revision, and on whose word.

    `cause` is the same for every approval of this very task, also in a database that has forgotten it: whatever the
    command makes takes its id from it (rules M8).
    """

    task: UUID
    cause: UUID
    subject: Subject
    revision: int
    reason: str
    officers: Officers


class Proposal(In):
    """Base of what an officer may propose; a subclass has a `kind: Literal["..."]` and whole examples."""

    @abstractmethod
    def command(self, approved: Approved) -> object:
        """The command that an approval runs; a subclass says so with the command's class as its return type."""

    def decides_in(self) -> Sequence[Queue]:
        """The queues of what it decides beside its own: who proposes and who approves it works in these too."""
        return ()


@dataclass(frozen=True)
class Choice:
    """One thing that may be proposed in a queue, the command that its approval runs, and who runs that."""

    queue: Queue
    proposal: type[Proposal]
    command: type[Any]
    handler: Callable[[Any, Any], Awaitable[object]]

    @property
    def kind(self) -> str:
        """What stands in `kind` of such a proposal."""
        found = get_args(_annotation(self.proposal, "kind"))
        return str(found[0])

    @property
    def examples(self) -> list[Any]:
        """The whole examples of the proposal; raises TypeError where it shows none."""
        shown = self.proposal.model_config.get("json_schema_extra")
        found = shown.get("examples") if isinstance(shown, dict) else None
        if not isinstance(found, list) or not found:
            raise TypeError(f"{self.proposal.__name__} shows no example: model_config = examples(...)")
        return found


def answers(
    queue: Queue,
    command: Callable[[K, A, Officers], object],
    handler: Callable[[Any, Any], Awaitable[object]],
    about: Callable[[Subject], K],
    **meanings: tuple[A, str],
) -> list[Choice]:
    """What may be proposed of a matter without a word more: by its kind what is found, and what that means.

    `about` reads of which matter the subject is, as the command names it.
    """

    def of(kind: str, found: A, meaning: str) -> Choice:
        def made(_: Proposal, approved: Approved) -> Any:
            return command(about(approved.subject), found, approved.officers)

        made.__annotations__["return"] = command
        shown = {"__annotations__": {"kind": Literal[kind]}, "model_config": examples({"kind": kind})}
        told = {"__module__": handler.__module__, "__doc__": meaning, "command": made}
        model = new_class(kind.title().replace("_", ""), (Proposal,), exec_body=lambda body: body.update(told | shown))
        return Choice(queue, model, cast("type[Any]", command), handler)

    return [of(kind, *meaning) for kind, meaning in meanings.items()]


class Queues:
    """What a service leaves to people; raises ValueError or TypeError for a table that does not fit together."""

    def __init__(
        self, service: str, stated: Sequence[Queue], choices: Sequence[Choice], subjects: Mapping[str, StateOf]
    ) -> None:
        """`stated` are the queues of the service's domain, `subjects` reads the state of each kind of subject."""
        self.service = service
        self.queues: Mapping[str, Queue] = {queue.name: queue for queue in stated}
        self.choices = tuple(choices)
        self._subjects = dict(subjects)
        self._check(stated)
        for choice in choices:
            _check_choice(choice)
        self.examples = [shown for choice in choices for shown in choice.examples]
        self._models: TypeAdapter[Proposal] = TypeAdapter(self.union)

    @property
    def union(self) -> Any:
        """The type of any proposal of any queue, told apart by `kind`."""
        models = tuple(choice.proposal for choice in self.choices)
        # Of one model there is nothing to tell apart, and pydantic refuses to.
        return models[0] if len(models) == 1 else Annotated[Union[models], Field(discriminator="kind")]  # noqa: UP007

    def of_scopes(self, scopes: frozenset[str]) -> frozenset[str]:
        """The names of the queues in which somebody with these scopes works."""
        return frozenset(name for name, queue in self.queues.items() if queue.scope in scopes)

    def choice(self, queue: str, proposal: Proposal) -> Choice:
        """What such a proposal means in this queue; raises ProposalNotForQueue."""
        for choice in self.choices:
            if choice.queue.name == queue and isinstance(proposal, choice.proposal):
                return choice
        raise ProposalNotForQueue(facts={"queue": queue})

    def check_role(self, proposal: Proposal, works_in: Collection[str]) -> None:
        """Raise ScopeMissing for an officer who does not work in each queue of which such a proposal decides."""
        for queue in proposal.decides_in():
            if queue.name not in works_in:
                raise ScopeMissing(f"The scope {queue.scope} is needed.", facts={"scope": queue.scope})

    def read(self, stored: Mapping[str, Any]) -> Proposal:
        """A proposal as it was stored; raises ProposalOutdated."""
        try:
            return self._models.validate_python(dict(stored))
        except ValidationError as fault:
            raise ProposalOutdated() from fault

    async def state_of(self, subject: Subject, uow: UnitOfWork) -> SubjectState:
        """The newest revision of a subject, which is locked until the transaction ends."""
        return await self._subjects[subject.partition("/")[0]](subject, uow)

    def _check(self, stated: Sequence[Queue]) -> None:
        names = [queue.name for queue in stated]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{self.service} has queues of one name: {sorted(twice)}")
        if foreign := [queue.scope for queue in stated if not queue.scope.startswith(f"{self.service}:")]:
            raise ValueError(f"the role of a queue is a scope of {self.service}, not {foreign}")
        if unpromised := sorted({queue.charter for queue in stated if not is_promised(queue.charter)}):
            raise ValueError(f"the client charter does not know {unpromised}")
        if unread := sorted({queue.subject for queue in stated} - self._subjects.keys()):
            raise ValueError(f"nobody reads the state of {unread}")
        known = set(stated)
        if unknown := [choice.queue.name for choice in self.choices if choice.queue not in known]:
            raise ValueError(f"{unknown} are no queues of the domain of {self.service}")
        if empty := sorted(set(names) - {choice.queue.name for choice in self.choices}):
            raise ValueError(f"nothing can be proposed in {empty}: whoever waits there waits for ever")
        kinds = [choice.kind for choice in self.choices]
        if twice := {kind for kind in kinds if kinds.count(kind) > 1}:
            raise ValueError(f"{self.service} has proposals of one kind: {sorted(twice)}")


def _check_choice(choice: Choice) -> None:
    """The handler takes the command, and the proposal makes it."""
    model, command = choice.proposal, choice.command
    if not is_dataclass(command):
        raise TypeError(f"{command.__name__} is no command: a frozen dataclass is")
    if get_type_hints(model.command).get("return") is not command:
        raise TypeError(f"{model.__name__}.command does not make a {command.__name__}")
    first = next(iter(signature(choice.handler).parameters), "")
    taken = get_type_hints(choice.handler).get(first)
    if not iscoroutinefunction(choice.handler) or taken is not command:
        raise TypeError(f"the handler of {command.__name__} takes something else, or does not wait")


def _annotation(model: type[Proposal], field: str) -> Any:
    """The `Literal` of the field that tells proposals apart; raises TypeError where there is none, or not of one."""
    found = model.model_fields.get(field)
    annotation = None if found is None else found.annotation
    values = get_args(annotation)
    one = get_origin(annotation) is Literal and len(values) == 1 and isinstance(values[0], str)
    if not one or not _KIND.fullmatch(values[0]) or len(values[0]) > LONGEST_NAME:
        raise TypeError(f'{model.__name__} has no {field}: Literal["..."]')
    return annotation
