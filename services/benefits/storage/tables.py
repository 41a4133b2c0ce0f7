"""The tables of benefits, as the migrations leave them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)

metadata = MetaData()

assessment = Table(
    "assessment",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("contingency", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("decision_hash", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("refused_for", Text),
    Column("refused_law", Text),
)

entitlement = Table(
    "entitlement",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("benefit", Text, primary_key=True),
    Column("law", Text, nullable=False),
    Column("amount_sen", BigInteger, nullable=False),
)

entitlement_period = Table(
    "entitlement_period",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("benefit", Text, primary_key=True),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("daily_rate_sen", BigInteger, nullable=False),
    Column("amount_sen", BigInteger, nullable=False),
)

payee = Table(
    "payee",
    metadata,
    Column("person", BigInteger, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("account_name", LargeBinary, nullable=False),
    Column("account_number", LargeBinary, nullable=False),
    Column("bank_bic", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False, server_default=FetchedValue()),
)

settlement = Table(
    "settlement",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("benefit", Text, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("settled_on", Date, nullable=False),
)

bank_file = Table(
    "bank_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("transactions", Integer, nullable=False),
    Column("control_sum_sen", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
)

payment = Table(
    "payment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("claim", Uuid, nullable=False),
    Column("benefit", Text, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("period_first", Date, nullable=False),
    Column("period_last", Date, nullable=False),
    Column("replaces", Text, nullable=False),
    Column("amount_sen", BigInteger, nullable=False),
    Column("end_to_end_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("bank_file", Uuid),
    Column("payee_version", Integer),
    Column("reason", Text),
    Column("traceparent", Text),
    Column("correlation_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=FetchedValue()),
    Column("answered_at", DateTime(timezone=True)),
)

recovery = Table(
    "recovery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim", Uuid, nullable=False),
    Column("benefit", Text, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("law", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("traceparent", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=FetchedValue()),
)

account = Table(
    "account",
    metadata,
    Column("code", Text, primary_key=True),
    Column("about", Text, nullable=False),
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False, server_default=FetchedValue()),
    Column("entry", Uuid, nullable=False),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("amount_sen", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("claim", Uuid),
    Column("benefit", Text),
    Column("revision", Integer),
    Column("payment", Uuid),
    Column("file", Uuid),
    Column("employer", BigInteger),
    Column("month", Text),
    Column("booked_at", DateTime(timezone=True), nullable=False, server_default=FetchedValue()),
)

# Dropped and rebuilt by announcement of claims.
PROJECTIONS = (assessment, entitlement, entitlement_period)
