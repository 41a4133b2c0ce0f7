"""The tables of claims, as the migrations leave them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

claim = Table(
    "claim",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("notice", Uuid, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("person", BigInteger),
    Column("id_token", Text),
    Column("employer", BigInteger),
    Column("happened_on", Date, nullable=False),
    Column("place", Text, nullable=False),
    Column("worked_with_wages", ARRAY(Date), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Text),
    Column("joined_to", Uuid),
)

certificate = Table(
    "certificate",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim", Uuid, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("fit_from", Date),
)

decision = Table(
    "decision",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("envelope", JSONB, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

# What claims knows of others: dropped and rebuilt at will, by announcement (docs/reliability.md).
known_identity = Table(
    "known_identity",
    metadata,
    Column("id_token", Text, primary_key=True),
    Column("person", BigInteger, nullable=False),
)

known_person = Table(
    "known_person",
    metadata,
    Column("person", BigInteger, primary_key=True),
    Column("born_on", Date, nullable=False),
    Column("residence", Text, nullable=False),
    Column("revision", Integer, nullable=False),
)

known_spell = Table(
    "known_spell",
    metadata,
    Column("spell", Uuid, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("revision", Integer, nullable=False),
)

known_membership = Table(
    "known_membership",
    metadata,
    Column("person", BigInteger, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("periods", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
)

known_wage = Table(
    "known_wage",
    metadata,
    Column("person", BigInteger, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("employer", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("wage_sen", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
)

known_payment = Table(
    "known_payment",
    metadata,
    Column("instruction", Uuid, primary_key=True),
    Column("claim", Uuid, nullable=False),
    Column("benefit", Text, nullable=False),
    Column("amount_sen", BigInteger, nullable=False),
    Column("returned", Boolean, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
)

known_placement = Table(
    "known_placement",
    metadata,
    Column("placement", Uuid, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("employer", BigInteger, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("month", Text, nullable=False),
    Column("wage_sen", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
)

PROJECTIONS = (
    known_identity,
    known_person,
    known_spell,
    known_membership,
    known_wage,
    known_payment,
    known_placement,
)
