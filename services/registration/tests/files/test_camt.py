"""Bank statements: what is read of camt.053 and camt.054, what is held, and what is refused without repeating it."""

from datetime import date

import pytest

from services.registration.domain.bank_statements import BankStatement, BankStatementKind, HeldFor, told_entries
from services.registration.domain.errors import BankStatementMalformed
from services.registration.files.camt import read_bank_statements
from services.registration.tests.files.camt_messages import camt_053, camt_054, detail, entry


def one(body: bytes) -> BankStatement:
    """The one statement of a message."""
    (found,) = read_bank_statements(body)
    return found


@pytest.mark.parametrize("version", ["02", "08"])
def test_credits_are_read_with_their_references_and_what_the_payer_wrote(version: str) -> None:
    body = camt_053(
        [
            entry("103.65", "FPX1", details=[detail(text="RF30 E000 0000 0720 2607", end_to_end="PAY-1")]),
            entry("20.00", "FEE1", debit=True),
            entry("5.00", "FPX2", status="PDNG"),
            entry("1.00", "FPX3", value_day="2026-08-15"),
        ],
        version=version,
    )
    found = one(body)
    assert (found.kind, found.entries, found.held_for, found.credits_sen) == (
        BankStatementKind.STATEMENT,
        3,
        None,
        10_465,
    )
    first, second = found.credits
    assert (first.entry, first.detail, first.amount_sen, first.banked_on) == ("FPX1", None, 10_365, date(2026, 8, 14))
    assert first.references == ("FPX1", "PAY-1")
    assert first.texts == ("RF30 E000 0000 0720 2607",)
    assert (second.entry, second.banked_on) == ("FPX3", date(2026, 8, 15))


def test_an_entry_of_several_is_told_in_detail_and_has_to_add_up() -> None:
    both = [detail(amount="100.00", reference="A"), detail(amount="3.65", reference="B")]
    found = one(camt_054([entry("103.65", "BATCH", details=both)]))
    assert [(each.detail, each.amount_sen) for each in found.credits] == [("A 1", 10_000), ("B 1", 365)]
    assert one(camt_054([entry("103.66", "BATCH", details=both)])).held_for is HeldFor.DETAILS_DIFFER
    alike = [detail(amount="1.00", reference="A"), detail(amount="2.65", reference="A")]
    assert [each.detail for each in one(camt_054([entry("3.65", "BATCH", details=alike)])).credits] == ["A 1", "A 2"]


DEBIT_DETAIL = (
    detail(amount="1.00", reference="C")
    .replace("<RmtInf>", "")
    .replace("</TxDtls>", "<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>")
)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (camt_053([entry("1.00", "A")], closing="1001.01"), HeldFor.BALANCES_DIFFER),
        (camt_053([entry("1.00", "A")]).replace(b"CLBD", b"ITBD"), HeldFor.BALANCE_MISSING),
        (
            camt_053([entry("1.00", "A")]).replace(b'<Amt Ccy="MYR">1.00', b'<Amt Ccy="USD">1.00'),
            HeldFor.AMOUNT_MALFORMED,
        ),
        (camt_053([entry("1.001", "A")], closing="1001.00"), HeldFor.AMOUNT_MALFORMED),
        (camt_053([entry("1.00", "")]), HeldFor.REFERENCE_MISSING),
        (camt_053([entry("1.00", "A", value_day="2026-02-30")]), HeldFor.DAY_MISSING),
        (camt_054([entry("1.00", "A")], total="2.00"), HeldFor.SUMMARY_DIFFERS),
        (camt_054([entry("100000000000.00", "A")]), HeldFor.AMOUNT_MALFORMED),
        (camt_054([entry("1.00", "A")]).replace(b">1.00<", b">1<b/>.00<"), HeldFor.ELEMENT_MALFORMED),
        (camt_054([entry("1.00", "A")]).replace(b">A<", b">A<b>B</b><"), HeldFor.ELEMENT_MALFORMED),
        (
            camt_054([entry("1.00", "A")]).replace(b"<ValDt>", b"<AcctSvcrRef>B</AcctSvcrRef><ValDt>"),
            HeldFor.ELEMENT_MALFORMED,
        ),
        (camt_054([entry("1.00", "A")]).replace(b">CRDT<", b">CRTD<"), HeldFor.INDICATOR_UNKNOWN),
        (camt_054([entry("1.00", "A")]).replace(b"<CdtDbtInd>CRDT</CdtDbtInd>", b""), HeldFor.INDICATOR_UNKNOWN),
        (
            camt_053([entry("1.00", "A")]).replace(b">CRDT</CdtDbtInd><Dt>", b">X</CdtDbtInd><Dt>"),
            HeldFor.INDICATOR_UNKNOWN,
        ),
        (camt_054([entry("1.00", "A")]).replace(b"BOOK", b"BOKD"), HeldFor.STATUS_UNKNOWN),
        (camt_054([entry("1.00", "A")]).replace(b"<Cd>BOOK</Cd>", b""), HeldFor.STATUS_UNKNOWN),
        (camt_054([entry("1.00", "A")], version="02").replace(b"<Sts>BOOK</Sts>", b""), HeldFor.STATUS_UNKNOWN),
        (
            camt_054([entry("3.00", "A", details=[detail(amount="4.00", reference="B"), DEBIT_DETAIL])]),
            HeldFor.DETAILS_DIFFER,
        ),
        (
            camt_054(
                [
                    entry(
                        "1.00",
                        "A",
                        details=[detail(amount="1.00").replace("</Amt>", '</Amt><Amt Ccy="MYR">1.00</Amt>')],
                    )
                ]
            ),
            HeldFor.DETAILS_DIFFER,
        ),
    ],
)
def test_what_does_not_add_up_is_held_whole(body: bytes, why: HeldFor) -> None:
    found = one(body)
    assert (found.held_for, found.credits) == (why, ())


def test_what_the_bank_takes_back_is_a_reversal_and_another_debit_is_nothing() -> None:
    found = one(camt_053([entry("5.00", "A", debit=True, reversal=True), entry("5.00", "B", debit=True)]))
    assert [(each.entry, each.is_reversal, each.amount_sen) for each in found.credits] == [("A", True, 500)]
    assert found.credits_sen == -500


@pytest.mark.parametrize(
    ("stated", "is_reversal"), [(b"true", True), (b"1", True), (b" 1 ", True), (b"false", False), (b"0", False)]
)
def test_a_reversal_is_said_as_any_boolean(stated: bytes, is_reversal: bool) -> None:
    found = one(camt_053([entry("5.00", "A", debit=True, reversal=True)]).replace(b">true<", b">" + stated + b"<"))
    assert [each.is_reversal for each in found.credits] == ([True] if is_reversal else [])
    assert found.held_for is None


@pytest.mark.parametrize("stated", [b"TRUE", b"yes", b"", b"true<b/>", b"true</RvslInd><RvslInd>true"])
def test_what_may_be_a_reversal_is_not_taken_for_none(stated: bytes) -> None:
    found = one(camt_053([entry("5.00", "A", debit=True, reversal=True)]).replace(b">true<", b">" + stated + b"<"))
    assert found.held_for in (HeldFor.INDICATOR_UNKNOWN, HeldFor.ELEMENT_MALFORMED)


def test_an_amount_is_not_cut_at_a_comment_or_an_instruction() -> None:
    whole = camt_054([entry("103.65", "A", details=[detail(text="RF30E000000007202607")])], total="103.65")
    for cut in (b"103<!-- x -->.65", b"103<?x y?>.65", b"<!-- x -->103.65"):
        body = whole.replace(b"103.65", cut).replace(b"RF30E", b"RF30<!-- x -->E")
        assert one(body).credits == one(whole).credits
    assert one(whole).credits[0].texts == ("RF30E000000007202607",)


def test_two_statements_of_one_id_in_a_message_are_no_statements() -> None:
    first, second = camt_054([entry("1.00", "A")]).decode(), camt_054([entry("2.00", "B")]).decode()
    begin, end = second.index("<Ntfctn>"), second.index("</BkToCstmrDbtCdtNtfctn>")
    both = first.replace("</BkToCstmrDbtCdtNtfctn>", second[begin:end] + "</BkToCstmrDbtCdtNtfctn>")
    with pytest.raises(BankStatementMalformed):
        read_bank_statements(both.encode())
    other = second[begin:end].replace("514012345678", "514012345679")
    of_two_accounts = first.replace("</BkToCstmrDbtCdtNtfctn>", other + "</BkToCstmrDbtCdtNtfctn>")
    assert [each.held_for for each in read_bank_statements(of_two_accounts.encode())] == [None, None]


def test_the_banks_own_references_are_known_from_the_payers() -> None:
    (single,) = one(camt_054([entry("1.00", "A", details=[detail(reference="B", end_to_end="PAY-1")])])).credits
    assert (single.references, single.of_bank) == (("A", "B", "PAY-1"), ("A", "B"))
    both = [detail(amount="1.00", reference="X", end_to_end="PAY-1"), detail(amount="2.00", end_to_end="PAY-2")]
    found = one(camt_054([entry("3.00", "BATCH", details=both)])).credits
    assert [each.of_bank for each in found] == [("X",), ()]


def test_what_is_of_no_amount_is_no_money() -> None:
    """Neither an entry, nor one detail of several, nor what goes back of nothing."""
    details = [detail(amount="0.00", reference="A"), detail(amount="3.65", reference="B")]
    back = entry("0.00", "C", debit=True, reversal=True)
    found = one(camt_053([entry("0", "D"), entry("3.65", "BATCH", details=details), back]))
    assert (found.held_for, found.entries) == (None, 3)
    assert [(each.detail, each.amount_sen) for each in found.credits] == [("B 1", 365)]


def test_two_entries_of_one_reference_are_two_entries() -> None:
    """Whoever reads them learns that the reference names several; of a notification and a statement alike."""
    told = [entry("1.00", "A"), entry("2.00", "A"), entry("1.00", "A"), entry("1.00", "A", debit=True, reversal=True)]
    found = told_entries(one(camt_054(told)).credits)
    assert [(each.amount_sen, each.nth) for each in found] == [(100, 1), (200, 1), (100, 2), (100, 1)]
    assert len({each.further().entry for each in found}) == 3


DOCTYPE = b'<!DOCTYPE Document [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
GOOD = camt_053([entry("1.00", "A")])


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(b"<Document", DOCTYPE + b"<Document", 1),
        GOOD.replace(b'<?xml version="1.0" encoding="UTF-8"?>', b"").decode().encode("utf-16"),
        b"<a>" * 10_000 + b"</a>" * 10_000,
        GOOD[:-20],
        GOOD.replace(b"camt.053.001.08", b"camt.052.001.08"),
        GOOD.replace(b"<Stmt>", b"<Stmt2>").replace(b"</Stmt>", b"</Stmt2>"),
        GOOD.replace(b"514012345678", b""),
        b"",
        b"\x1f\x8b\x08",
    ],
)
def test_what_is_no_statement_is_refused_and_nothing_of_it_is_repeated(body: bytes) -> None:
    with pytest.raises(BankStatementMalformed) as refused:
        read_bank_statements(body)
    assert "passwd" not in str(refused.value)
    assert "514012345678" not in str(refused.value)
