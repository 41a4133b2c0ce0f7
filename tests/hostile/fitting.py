"""What generated cases of some operations are given, so that a share of them asks what the operation is for."""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from services.benefits.tests.support import report
from services.registration.files.contribution_file import render
from services.registration.tests.support import AT_2480, AT_2600, AT_3050, MYKAD, OTHER_MYKAD, line
from shared.inbound.cloudevents import STRUCTURED
from shared.kernel.identifiers import new_id
from tests.hostile.world import SAYS, UPLOADED, World, archive_of, example_of

_DOCUMENT = b"%PDF-1.7 a report"
_MONTHS = ["2026-04", "2026-07", "2026-08"]
_STATUSES = ["ACSC", "RJCT/AC04", "PDNG", "ACCC"]


def _contribution_file(world: World, _: Any, dice: random.Random) -> bytes:
    code = world.any("employer_code", dice)
    months, amounts = dice.sample(_MONTHS, dice.randint(1, 2)), dice.choice([AT_2480, AT_2600, AT_3050])
    return render([line(month, amounts, id_=dice.choice([MYKAD, OTHER_MYKAD]), code=code) for month in months])


def _events(_: World, operation: Any, dice: random.Random) -> bytes:
    content = operation["requestBody"]["content"]
    events = [each["value"] for each in content[STRUCTURED]["examples"].values()]
    return json.dumps({**dice.choice(events), "id": str(new_id())}).encode()


def _report_of_a_bank(world: World, _: Any, dice: random.Random) -> bytes:
    ids = [world.any("end_to_end_id", dice) or "0" * 32]
    return report(world.any("message_id", dice) or "0" * 32, dict.fromkeys(ids, dice.choice(_STATUSES)))


def _bank_statement(_: World, operation: Any, dice: random.Random) -> bytes:
    """The document's example as another message of another credit."""
    said, other = str(example_of(operation["requestBody"]["content"])), f"{dice.randrange(10**9):09d}"
    return said.replace("-2026-08-14<", f"-{other}<").replace("FPX000731", f"FPX{other}").encode()


def _archive(_: World, __: Any, dice: random.Random) -> bytes:
    return archive_of(*dice.sample(_MONTHS, dice.randint(1, 2)))


def _part(_: World, __: Any, dice: random.Random) -> bytes:
    return UPLOADED[: dice.choice([100, len(UPLOADED)])]


def _opening_file(_: World, __: Any, dice: random.Random) -> bytes:
    return f"employer_code,name,mycoid\r\nF{dice.randrange(10**10):010d}F,KILANG LAMA SDN BHD,\r\n".encode()


def _document(_: World, __: Any, ___: random.Random) -> bytes:
    return _DOCUMENT


# Bodies that are no JSON, by the operation, from what is known and how it is documented.
CONTENTS: Mapping[str, Callable[[World, Any, random.Random], bytes]] = {
    "answer_bank_file": _report_of_a_bank,
    "append_part": _part,
    "send_bank_statement": _bank_statement,
    "send_contribution_archive": _archive,
    "send_contribution_file": _contribution_file,
    "send_document": _document,
    "send_events": _events,
    "send_opening_file": _opening_file,
    "start_upload": _part,
}


def _of_somebody(case: Any, world: World, dice: random.Random) -> None:
    """An officer need not prove to know the person."""
    case.body = {"person": world.any("person", dice), "employer": world.any("employer", dice)}
    case.body["started_on"] = f"2026-{dice.randint(1, 10):02d}-01"


def _paid_to_the_house(case: Any, world: World, dice: random.Random) -> None:
    """What a bank of the organisation states: a month of the class that is registered."""
    case.body = {
        "registration": world.any("registration", dice),
        "channel": "house",
        "receipt_number": f"H-{new_id()}".upper(),
        "payer": "person:1",
        "months": 1,
        "amount": {"amount": "13.10", "currency": "MYR"},
    }


def _of_who_is_employed(case: Any, world: World, dice: random.Random) -> None:
    who = world.together({"employer", "person", "spell"}, dice)
    wage = {"month": f"2026-{dice.randint(1, 9):02d}", "wage": {"amount": "3050.00", "currency": "MYR"}}
    wages = [{**wage, "person": who.get("person")}]
    case.body = {"employer": who.get("employer"), "evidence": "LP-1", "wages": wages}


def _one_of_several(case: Any, world: World, dice: random.Random) -> None:
    case.path_parameters.update(world.together({"person", "identity"}, dice))
    case.body = {"reason": "wrong_person", "evidence": "KB-1"}


def _of_a_claim(case: Any, world: World, dice: random.Random) -> None:
    """The document under its hash, of a claim."""
    case.query["sha256"] = hashlib.sha256(_DOCUMENT).hexdigest()
    case.query["claim"] = world.any("claim", dice)
    for name in ("answers", "supersedes"):
        case.query.pop(name, None)


def _of_another_officer(case: Any, world: World, dice: random.Random) -> None:
    if world.proposed:
        proposed = dice.choice(world.proposed)
        case.path_parameters["task"], case.body = proposed["task"], {"revision": proposed["revision"]}


def _proposed_by_another(case: Any, world: World, dice: random.Random) -> None:
    if world.proposed:
        case.path_parameters["task"], case.body = dice.choice(world.proposed)["task"], {"reason": "facts_differ"}


def _asked_of_another(case: Any, world: World, dice: random.Random) -> None:
    if world.proposed:
        case.path_parameters["task"], case.body = (
            dice.choice(world.proposed)["task"],
            {"asks": "which_law", "of": "2026-08-05"},
        )


def _as_who_took_it(case: Any, world: World, dice: random.Random) -> None:
    if world.taken:
        task = dice.choice(world.taken)
        case.path_parameters["task"] = task["task"]
        case.body = {"revision": task["revision"], "says": SAYS[task["queue"]]}


def _stopped_by_who_took_it(case: Any, world: World, dice: random.Random) -> None:
    if world.taken:
        case.path_parameters["task"] = dice.choice(world.taken)["task"]
        case.body = {"waiting_for": "hospital", "by": f"KB-2026-{dice.randrange(10**4):04d}"}


def _whose(name: str, kept: str) -> Callable[[Any, World, random.Random], None]:
    """What is kept under a name of its own stands in the path."""

    def fit(case: Any, world: World, dice: random.Random) -> None:
        found = world.known[kept]
        if found:
            case.path_parameters[name] = dice.choice(found[-2:])

    return fit


def _of_one_item(*names: str) -> Callable[[Any, World, random.Random], None]:
    """What stands in the path is of one item, whose ids other collections have too."""

    def fit(case: Any, world: World, dice: random.Random) -> None:
        case.path_parameters.update(world.together(names, dice))

    return fit


def _two_of_them(case: Any, world: World, dice: random.Random) -> None:
    if len(world.known["newest"]) > 1:
        person, survivor = dice.sample(world.known["newest"][-6:], 2)
        case.body = {"person": person, "survivor": survivor, "reason": "registered_twice", "evidence": "KB-7"}


def _of_a_merge(case: Any, world: World, dice: random.Random) -> None:
    merged = dice.choice(world.known["merged"][-2:])
    case.body = {"person": merged, "reason": "merged_wrongly", "evidence": "KB-8"}


def _too_much_paid(case: Any, world: World, dice: random.Random) -> None:
    case.body = dice.choice(world.known["refundable"])


def _of_a_new_employee(kept: str) -> Callable[[Any, World, random.Random], None]:
    """A statement of today on SKBBK, of one who may make it."""

    def fit(case: Any, world: World, dice: random.Random) -> None:
        case.path_parameters["person"], case.body = dice.choice(world.known[kept][-3:]), {}

    return fit


def _what_was_authorised(case: Any, world: World, dice: random.Random) -> None:
    """A hospital bills what it asked about, and nothing else beside."""
    case.body = {**case.body, "authorisation": world.any("authorisation", dice), "claim": None}


def _nobody_yet(case: Any, _: World, dice: random.Random) -> None:
    passport = {"kind": "passport", "number": f"F{dice.randrange(10**8):08d}"}
    case.body = {"name": "SITI", "national_id": passport, "born_on": "1991-02-03", "residence": "foreign_worker"}


def _no_employer_yet(case: Any, _: World, dice: random.Random) -> None:
    case.body = {"name": "KILANG BARU SDN BHD", "employer_code": f"G{dice.randrange(10**10):010d}G"}


# What has to be of one another in path and body, by the operation.
FITTING: Mapping[str, Callable[[Any, World, random.Random], None]] = {
    "report_cover_payment": _paid_to_the_house,
    "approve_proposal": _of_another_officer,
    "claim_refund": _too_much_paid,
    "inquire_of_proposal": _asked_of_another,
    "issue_ssfw_number": _whose("person", "newest"),
    "propose_answer": _as_who_took_it,
    "read_ssfw_number": _whose("person", "with_ssfw"),
    "refuse_proposal": _proposed_by_another,
    "refuse_waiting_end": _whose("spell", "ending"),
    "register_employer": _no_employer_yet,
    "register_person": _nobody_yet,
    "send_document": _of_a_claim,
    "send_medical_bill": _what_was_authorised,
    "release_attribution": _whose("receipt", "attributions"),
    "release_counter_entry": _whose("receipt", "counter-entries"),
    "release_from_skbbk": _of_a_new_employee("releasable"),
    "release_receipt": _whose("receipt", "receipts"),
    "retract_employer_fact": _of_one_item("employer", "fact"),
    "retract_fact": _of_one_item("person", "fact"),
    "start_spell": _of_somebody,
    "state_assessment": _of_who_is_employed,
    "state_person_merge": _two_of_them,
    "state_person_split": _of_a_merge,
    "stop_task": _stopped_by_who_took_it,
    "take_part_in_skbbk": _of_a_new_employee("released"),
    "withdraw_national_id": _one_of_several,
}
