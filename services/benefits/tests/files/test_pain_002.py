"""Status reports: what is read, and what is refused without repeating it."""

import pytest

from services.benefits.domain.errors import StatusReportMalformed
from services.benefits.domain.payments import Outcome
from services.benefits.files.pain_002 import Status, read_status_report
from services.benefits.tests.support import report

GOOD = report("m" * 32, {"a" * 32: "ACSC", "b" * 32: "RJCT/AC04", "c" * 32: "PDNG", "d" * 32: "RJCT"})


def test_each_transaction_has_its_outcome_and_a_refusal_its_reason() -> None:
    found = read_status_report(GOOD)
    assert found.original_message_id == "m" * 32
    assert found.statuses == (
        Status("a" * 32, Outcome.SETTLED),
        Status("b" * 32, Outcome.RETURNED, "AC04"),
        Status("c" * 32, Outcome.PENDING),
        Status("d" * 32, Outcome.RETURNED, "NARR"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<Document/>",
        GOOD[:-20],
        GOOD.replace(b"pain.002.001.10", b"pain.002.001.03"),
        GOOD.replace(b"<CreDtTm>", b"<X>").replace(b"</CreDtTm>", b"</X>"),
        GOOD.replace(b"pain.001.001.09", b"pain.008.001.08"),
        GOOD.replace(b"<TxSts>ACSC", b"<TxSts>WHAT"),
        GOOD.replace(b"a" * 32, b"a" * 36),
        GOOD.replace(b"a" * 32, b""),
        GOOD.replace(b"b" * 32, b"a" * 32),
        report("m" * 32, {}),
        GOOD.replace(b"<Document", b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document', 1),
        GOOD.replace(b"<Document", b"<!DOCTYPE Document><Document", 1).replace(b"<MsgId>S1", b"<MsgId>&x;"),
    ],
    ids=range(14),
)
def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(StatusReportMalformed):
        read_status_report(body)


def test_a_bomb_of_entities_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "ha"}'.ljust(5) + '">' for n in range(20))
    body = GOOD.replace(b"<Document", f"<!DOCTYPE Document [{entities}]><Document".encode(), 1)
    with pytest.raises(StatusReportMalformed):
        read_status_report(body.replace(b"<MsgId>S1", b"<MsgId>&e19;"))
