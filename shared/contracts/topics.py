"""Every topic of the platform, who writes it, and how it is kept (rules of messages in docs/reliability.md).

A topic is a family of events about one kind of thing. Its partitions are fixed for life: more partitions mean a
new generation of the topic, never a change of this number for a topic that exists.
"""

from dataclasses import dataclass

DAY_MS = 24 * 60 * 60 * 1000
DOMAIN_RETENTION_MS = 14 * DAY_MS
# As Kafka writes it.
FOR_GOOD_MS = -1
PARTITIONS = 12
DEAD_LETTER_SUFFIX = ".dlt"


@dataclass(frozen=True)
class Topic:
    """One topic: its name, the only service that writes it, and its shape on the broker."""

    name: str
    owner: str
    about: str
    partitions: int = PARTITIONS
    retention_ms: int = DOMAIN_RETENTION_MS

    @property
    def dead_letter(self) -> "Topic":
        """Where consumers put a copy of what they parked: one partition, so that its order is the order of parking."""
        return Topic(self.name + DEAD_LETTER_SUFFIX, "any", f"Copies of events parked from {self.name}", partitions=1)


REGISTRATION = Topic("registration", "registration", "Persons, employers, employment spells and scheme memberships")
# The list of erasures that stands outside every database: a backup of any age is told of all that came after it.
PERSON_ERASED = Topic(
    "person.erased",
    "registration",
    "Of whom personal data was erased, by number",
    partitions=3,
    retention_ms=FOR_GOOD_MS,
)
CONTRIBUTION_RECEIVED = Topic(
    "contribution.received",
    "registration",
    "Contribution lines in chunks, the totals of each file, and what was banked",
)
# What is owed beside benefits: a topic for each owner, since a topic has one writer. Those of a few records a day have
# few partitions.
REGISTRATION_PAYABLE = Topic(
    "registration.payable", "registration", "What registration owes: refunds of contributions, by revision"
)
CLAIMS_PAYABLE = Topic(
    "claims.payable", "claims", "What claims owes beside benefits: loans for education, by revision", partitions=3
)
# A receipt or two of each letter on which another service waits.
CLAIMS_LETTER = Topic("claims.letter", "claims", "Whether letters arrived on which another service waits", partitions=3)
REHAB_PAYABLE = Topic("rehab.payable", "rehab", "What rehab owes: providers' bills, by revision", partitions=3)
CLAIMS_REFERRAL = Topic(
    "claims.referral",
    "claims",
    "Referrals to welfare or health that were offered, and whether the person consented, by revision",
    partitions=3,
)
# What was filed and answered, for claims itself: it knows it again after its database was put back.
CLAIMS_MATTER = Topic(
    "claims.matter", "claims", "Appeals, complaints and the charter's clocks, by revision", partitions=3
)
JOBS_PAYABLE = Topic("jobs.payable", "jobs", "What jobs owes: fees of training, by revision", partitions=3)
ACCIDENT_REPORTED = Topic("accident.reported", "claims", "Notices of a contingency about a known person")
CLAIM_ASSESSED = Topic("claim.assessed", "claims", "How a claim stands: what is owed, refused and pending, by revision")
BENEFIT_PAID = Topic("benefit.paid", "benefits", "Payments that were instructed, settled, returned or recovered")
REHAB_ADMITTED = Topic("rehab.admitted", "rehab", "Admissions into a rehabilitation centre")
REHAB_DISCHARGED = Topic("rehab.discharged", "rehab", "Discharges with their outcome and final certificate")
JOB_PLACED = Topic("job.placed", "jobs", "Placements of job seekers, confirmed by a contribution")
# The statute book's own, of any age: a database of whichever backup, and a service that is new, read all of it.
LAW_FIGURES = Topic(
    "law.figures",
    "claims",
    "Figures of the statute book that officers entered from an instrument, in the order of their editions",
    partitions=1,
    retention_ms=FOR_GOOD_MS,
)
# How each of the others follows the list of erasures: a few records a day, on a topic for each writer.
CLAIMS_ERASURE = Topic("claims.erasure", "claims", "How claims follows erasures: held, or forgotten", partitions=3)
BENEFITS_ERASURE = Topic(
    "benefits.erasure", "benefits", "How benefits follows erasures: held, or forgotten", partitions=3
)
REHAB_ERASURE = Topic("rehab.erasure", "rehab", "How rehab follows erasures: held, or forgotten", partitions=3)
JOBS_ERASURE = Topic("jobs.erasure", "jobs", "How jobs follows erasures: held, or forgotten", partitions=3)

TOPICS: tuple[Topic, ...] = (
    REGISTRATION,
    PERSON_ERASED,
    CONTRIBUTION_RECEIVED,
    REGISTRATION_PAYABLE,
    ACCIDENT_REPORTED,
    CLAIM_ASSESSED,
    CLAIMS_PAYABLE,
    CLAIMS_LETTER,
    BENEFIT_PAID,
    REHAB_ADMITTED,
    REHAB_DISCHARGED,
    REHAB_PAYABLE,
    JOB_PLACED,
    JOBS_PAYABLE,
    CLAIMS_ERASURE,
    BENEFITS_ERASURE,
    REHAB_ERASURE,
    JOBS_ERASURE,
    LAW_FIGURES,
    CLAIMS_REFERRAL,
    CLAIMS_MATTER,
)


def physical(name: str, prefix: str = "") -> str:
    """The name on the broker; the prefix keeps installations and tests that share a broker apart."""
    return prefix + name


def topics_of(service: str) -> tuple[Topic, ...]:
    """The topics that a service writes."""
    return tuple(topic for topic in TOPICS if topic.owner == service)
