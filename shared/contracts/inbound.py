"""Every event that partners push, as it is published: who takes it, who may send it, what it needs before it.

An event of the platform's own stands in `registry.py`. One that is pushed stands here, with a JSON Schema below
`schemas/inbound`; which command it becomes stands in the tables of the service that takes it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InboundType:
    """A type of event: the service that takes it and the kinds of parties that may send it; none named: any.

    ``needs``: what has to have been taken before it. Until then the event is parked, ``waits_days`` at the longest.
    ``same_key``: what two events have in common of which the later takes the place of an earlier one that is parked.
    """

    name: str
    owner: str
    senders: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    waits_days: int = 45
    same_key: str = "none"


INBOUND: tuple[InboundType, ...] = (
    InboundType("employee.hired", "registration", ("employer",), same_key="the person and the employer"),
    InboundType("employee.left", "registration", ("employer",), ("employee.hired",), 45, "the person and the employer"),
    InboundType(
        "wage.paid", "registration", ("employer",), ("employee.hired",), 45, "the person, the employer, the month"
    ),
    InboundType("accident.happened", "claims"),
    InboundType("medical.certificate.issued", "claims", ("hospital",)),
)
BY_NAME = {each.name: each for each in INBOUND}
