"""The tables of rehab (the migrations make them; a test holds both equal)."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text, Uuid

METADATA = MetaData()

CENTRE = Table(
    "centre",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("beds", Integer, nullable=False),
)

REFERRAL = Table(
    "referral",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("claim", Uuid, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("case_manager", Text),
    Column("centre", Text),
    Column("admitted_on", Date),
    Column("admitted_revision", Integer),
    Column("discharged_on", Date),
    Column("discharged_revision", Integer),
    Column("outcome", Text),
    Column("certificate", Uuid),
    Column("certificate_issued_on", Date),
    Column("certificate_fit_from", Date),
)

ACCIDENT = Table(
    "accident",
    METADATA,
    Column("claim", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("employer", BigInteger),
    Column("happened_on", Date, nullable=False),
)

ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("claim", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("benefit_days", Integer, nullable=False),
    Column("reason", Text),
)
