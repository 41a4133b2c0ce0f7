"""The tables of jobs (the migrations make them; a test holds both equal)."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text, Uuid

METADATA = MetaData()

SEEKER = Table(
    "seeker",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("referral", Uuid, nullable=False),
    Column("claim", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("discharged_on", Date, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
)

INTERVIEW = Table(
    "interview",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("seeker", Uuid, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("mode", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

OFFER = Table(
    "offer",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("seeker", Uuid, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("position", Text, nullable=False),
    Column("wage_sen", BigInteger, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

PLACEMENT = Table(
    "placement",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("offer", Uuid, nullable=False),
    Column("seeker", Uuid, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("claim", Uuid, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("spell", Uuid),
    Column("started_on", Date),
    Column("month", Text),
    Column("wage_sen", BigInteger),
    Column("confirmed_at", DateTime(timezone=True)),
)

SPELL = Table(
    "spell",
    METADATA,
    Column("spell", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
)

SPELL_PROOF = Table(
    "spell_proof",
    METADATA,
    Column("spell", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("month", Text, nullable=False),
    Column("wage_sen", BigInteger, nullable=False),
)
