"""The bank file is valid against the published schema, and its totals are those of its transfers."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from services.benefits.files import pain_001
from services.benefits.files.pain_001 import AccountHolder, CreditTransfer, Run, SchemaViolated, render, transaction
from services.benefits.tests.support import PAIN_001, transfers

SCHEMA = Path(pain_001.__file__).parent / "schemas" / "pain.001.001.09.xsd"
DEBTOR = AccountHolder("Jaring", "000000001", "JRNGMYKL")


def run(transfers: Sequence[CreditTransfer]) -> Run:
    return Run("a" * 32, datetime(2026, 8, 12, 1, 2, 3, 456, tzinfo=UTC), date(2026, 8, 12), DEBTOR, transfers)


def rendered(transfers: Sequence[CreditTransfer]) -> bytes:
    return render(run(transfers), [transaction(each) for each in transfers])


_transfers = st.lists(
    st.builds(
        CreditTransfer,
        end_to_end_id=st.text("0123456789abcdef", min_size=32, max_size=32),
        amount_sen=st.integers(1, 10**12),
        creditor=st.builds(
            AccountHolder,
            name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=140).filter(
                lambda name: name.strip() != ""
            ),
            account=st.text("0123456789", min_size=5, max_size=34),
            bic=st.sampled_from(["MBBEMYKL", "CIBBMYKLPGC"]),
        ),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(_transfers)
def test_the_published_schema_accepts_every_file_and_the_totals_agree(paid: list[CreditTransfer]) -> None:
    root = etree.fromstring(rendered(paid))
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(root)
    total = sum(each.amount_sen for each in paid)
    for place in (".//p:GrpHdr", ".//p:PmtInf"):
        assert root.findtext(f"{place}/p:NbOfTxs", None, PAIN_001) == str(len(paid))
        assert root.findtext(f"{place}/p:CtrlSum", None, PAIN_001) == f"{total // 100}.{total % 100:02d}"


def test_the_same_run_renders_to_the_same_bytes() -> None:
    paid = [CreditTransfer("b" * 32, 176391, AccountHolder("Aminah & Söhne <x>", "5123456789", "MBBEMYKL"))]
    assert rendered(paid) == rendered(paid)
    assert transfers(rendered(paid)) == [("b" * 32, "1763.91")]


def test_a_file_that_the_schema_refuses_is_a_defect_that_names_no_value() -> None:
    wrong = CreditTransfer("b" * 36, 100, AccountHolder("Aminah", "5123456789", "not a bic"))
    with pytest.raises(SchemaViolated) as raised:
        rendered([wrong])
    assert "not a bic" not in str(raised.value)
    assert "Aminah" not in repr(wrong)
    assert "5123456789" not in repr(wrong)


def test_the_schema_is_the_published_one() -> None:
    sha256 = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert sha256 in (SCHEMA.parent / "README.md").read_text(encoding="utf-8")
