"""Status reports: what is read, and what is refused without repeating it."""

from datetime import UTC, datetime

import pytest

from services.benefits.domain.answers import NO_CODE, Said, Status
from services.benefits.domain.errors import StatusReportMalformed
from services.benefits.domain.payments import Outcome
from services.benefits.files.pain_002 import read_status_report
from services.benefits.tests.support import report
from shared.kernel.clock import BUSINESS_ZONE

GOOD = report("m" * 32, {"a" * 32: "ACSC", "b" * 32: "RJCT/AC04", "c" * 32: "PDNG", "d" * 32: "RJCT"})


def test_each_transaction_has_its_outcome_and_a_refusal_its_reason() -> None:
    found = read_status_report(GOOD)
    assert found.original_message_id == "m" * 32
    assert found.created_at == datetime(2026, 8, 12, 9, tzinfo=BUSINESS_ZONE)
    assert found.statuses == (
        Status("a" * 32, Said("ACSC", Outcome.SETTLED)),
        Status("b" * 32, Said("RJCT", Outcome.RETURNED, "AC04")),
        Status("c" * 32, Said("PDNG", Outcome.PENDING)),
        Status("d" * 32, Said("RJCT", Outcome.RETURNED, "NARR")),
    )
    assert (found.group, found.batches) == (None, ())


def test_a_file_or_a_batch_may_be_answered_without_a_transaction() -> None:
    """As a bank refuses a whole file (public cases 2)."""
    refused = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    found = read_status_report(report("m" * 32, {}, group=refused))
    assert found.group == Said("RJCT", Outcome.RETURNED, "FF01")
    batch = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>"
    found = read_status_report(report("m" * 32, {}, batch=batch))
    assert found.batches == (("m" * 32, Said("RJCT", Outcome.RETURNED, "AM05")),)


def test_what_is_not_known_of_a_transaction_is_kept_and_sinks_nothing() -> None:
    body = (
        GOOD.replace(b"<TxSts>ACSC", b"<TxSts>WHAT").replace(b"b" * 32, b"b" * 36).replace(b"<TxSts>PDNG", b"<TxSts>")
    )
    assert read_status_report(body).statuses == (
        Status("a" * 32, Said("WHAT", None)),
        Status(None, Said("RJCT", Outcome.RETURNED, "AC04")),
        Status("c" * 32, Said(NO_CODE, None)),
        Status("d" * 32, Said("RJCT", Outcome.RETURNED, "NARR")),
    )


@pytest.mark.parametrize(
    ("stated", "sen"),
    [
        ('<InstdAmt Ccy="MYR">1763.91</InstdAmt>', 176391),
        ('<InstdAmt Ccy="MYR">1763.9</InstdAmt>', 176390),
        ('<InstdAmt Ccy="MYR">1763.91000</InstdAmt>', 176391),
        ('<InstdAmt Ccy="MYR">1763.911</InstdAmt>', None),
        ('<InstdAmt Ccy="USD">1763.91</InstdAmt>', None),
        ('<InstdAmt Ccy="MYR">1e3</InstdAmt>', None),
        ('<InstdAmt Ccy="MYR">-5.00</InstdAmt>', None),
        ('<InstdAmt Ccy="MYR"/>', None),
        ('<InstdAmt Ccy="MYR">1763<!-- . -->.91</InstdAmt>', 176391),
        ('<InstdAmt Ccy="MYR">1763<?cut here?>.91</InstdAmt>', 176391),
        ('<InstdAmt Ccy="MYR">1763<b/>.91</InstdAmt>', None),
    ],
)
def test_an_amount_that_the_bank_repeats_is_read_exactly(stated: str, sen: int | None) -> None:
    body = report("m" * 32, {"a" * 32: "ACSC"}, reference=f"<Amt>{stated}</Amt>")
    (status,) = read_status_report(body).statuses
    assert status.amounts == (sen,)


@pytest.mark.parametrize(
    ("written", "utc"),
    [("2026-08-12T09:00:00Z", 9), ("2026-08-12T09:00:00", 1), ("2026-08-12T09:00:00.123+08:00", 1)],
)
def test_a_report_without_an_offset_speaks_of_our_own_zone(written: str, utc: int) -> None:
    body = GOOD.replace(b"2026-08-12T09:00:00+08:00", written.encode())
    assert read_status_report(body).created_at.astimezone(UTC).hour == utc


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
        GOOD.replace(b"2026-08-12T09:00:00+08:00", b"yesterday"),
        GOOD.replace(b"2026-08-12T09:00:00+08:00", b"0001-01-01T00:00:00"),
        GOOD.replace(b"2026-08-12T09:00:00+08:00", b"9999-12-31T23:59:59-08:00"),
        report("m" * 32, {}),
        GOOD.replace(b"<Document", b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document', 1),
        GOOD.replace(b"<Document", b"<!DOCTYPE Document><Document", 1).replace(b"<MsgId>S1", b"<MsgId>&x;"),
    ],
    ids=range(13),
)
def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(StatusReportMalformed):
        read_status_report(body)


def test_a_bomb_of_entities_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "ha"}'.ljust(5) + '">' for n in range(20))
    body = GOOD.replace(b"<Document", f"<!DOCTYPE Document [{entities}]><Document".encode(), 1)
    with pytest.raises(StatusReportMalformed):
        read_status_report(body.replace(b"<MsgId>S1", b"<MsgId>&e19;"))


def test_a_status_is_not_cut_at_a_comment_and_not_made_of_what_stands_about_an_element() -> None:
    body = GOOD.replace(b"<TxSts>ACSC", b"<TxSts>AC<!-- x -->SC").replace(b"<TxSts>PDNG", b"<TxSts>PDNG<b/>")
    body = body.replace(b"<Cd>AC04", b"<Cd>AC<?x y?>04").replace(b">" + b"d" * 32, b">" + b"d" * 32 + b"<b/>")
    assert read_status_report(body).statuses == (
        Status("a" * 32, Said("ACSC", Outcome.SETTLED)),
        Status("b" * 32, Said("RJCT", Outcome.RETURNED, "AC04")),
        Status("c" * 32, Said(NO_CODE, None)),
        Status(None, Said("RJCT", Outcome.RETURNED, "NARR")),
    )
