"""The tables of registration, as the migrations leave them."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB

metadata = MetaData()

employer = Table(
    "employer",
    metadata,
    Column("employer", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mycoid", Text),
    Column("registered_at", DateTime(timezone=True), nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("person", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
)

national_id = Table(
    "national_id",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    Column("blind_index", LargeBinary, nullable=False),
    Column("number_index", LargeBinary, nullable=False),
    Column("id_token", Text, nullable=False),
)

person_fact = Table(
    "person_fact",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("person", Integer, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("plain", Text),
    Column("sealed", LargeBinary),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("source", Text, nullable=False),
    Column("retracts", BigInteger),
)

person_attribute = Table(
    "person_attribute",
    metadata,
    Column("person", Integer, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("fact", BigInteger, nullable=False),
)

person_access = Table(
    "person_access",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("person", Integer, primary_key=True),
)

spell_fact = Table(
    "spell_fact",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("spell", Uuid, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("person", Integer, nullable=False),
    Column("employer", Integer, nullable=False),
    Column("days", DATERANGE, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("source", Text, nullable=False),
    Column("retracts", BigInteger),
)

spell = Table(
    "spell",
    metadata,
    Column("spell", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("person", Integer, nullable=False),
    Column("employer", Integer, nullable=False),
    Column("days", DATERANGE, nullable=False),
    Column("fact", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("confirmed_month", Integer),
    Column("confirmed_wage_sen", BigInteger),
)

membership = Table(
    "membership",
    metadata,
    Column("person", Integer, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("periods", JSONB, nullable=False),
)

contribution_file = Table(
    "contribution_file",
    metadata,
    Column("file", Uuid, primary_key=True),
    Column("receipt", BigInteger, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("employer", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("accepted_lines", Integer),
    Column("rejected_lines", Integer),
)

contribution_upload = Table(
    "contribution_upload",
    metadata,
    Column("file", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
)

contribution_file_fault = Table(
    "contribution_file_fault",
    metadata,
    Column("file", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("code", Text, nullable=False),
)

contribution_file_sum = Table(
    "contribution_file_sum",
    metadata,
    Column("file", Uuid, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("basis", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("wages_sen", BigInteger, nullable=False),
    Column("act4_employer_sen", BigInteger, nullable=False),
    Column("act4_employee_sen", BigInteger, nullable=False),
    Column("act800_employer_sen", BigInteger, nullable=False),
    Column("act800_employee_sen", BigInteger, nullable=False),
    Column("skbbk_employee_sen", BigInteger, nullable=False),
)

contribution_line = Table(
    "contribution_line",
    metadata,
    Column("employer", Integer, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("person", Integer, primary_key=True),
    Column("kind", SmallInteger, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("receipt", BigInteger, nullable=False),
    Column("wage_sen", BigInteger, nullable=False),
    Column("act4_employer_sen", BigInteger, nullable=False),
    Column("act4_employee_sen", BigInteger, nullable=False),
    Column("act800_employer_sen", BigInteger, nullable=False),
    Column("act800_employee_sen", BigInteger, nullable=False),
    Column("skbbk_employee_sen", BigInteger, nullable=False),
)
