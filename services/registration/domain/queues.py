"""What of registration waits for a person: the queues."""

from shared.kernel.queues import Queue

# The client charter has no promise for refunds: an employer's claim is answered as soon as a complaint is (assumed).
REFUND = Queue("refund", subject="refund", scope="registration:refund:decide", charter="complaint")
# Nor has it one for corrections of what is known of people: as a complaint (assumed).
PERSON_CORRECTION = Queue(
    "person_correction", subject="person_correction", scope="registration:person:decide", charter="complaint"
)
DUPLICATE_PERSON = Queue(
    "duplicate_person", subject="possible_duplicate", scope="registration:duplicate:decide", charter="complaint"
)
# Nor for an appeal against late interest (assumed).
INTEREST = Queue("interest", subject="interest", scope="registration:interest:decide", charter="complaint")
# Nor for money that names nobody (assumed).
BANK_CREDIT = Queue("bank_credit", subject="bank_credit", scope="registration:bank_credit:decide", charter="complaint")
# As registration is (client charter: 1 working day).
SPELL_STATEMENT = Queue(
    "spell_statement", subject="spell_statement", scope="registration:spell_statement:decide", charter="registration"
)
# Nor for a family relation: dependants' benefits rest on it, and wait as long (assumed).
FAMILY_RELATION = Queue(
    "family_relation",
    subject="relation_statement",
    scope="registration:family_relation:decide",
    charter="complaint",
)
# Nor for what a public register states and nobody can be found for.
REGISTER_STATEMENT = Queue(
    "register_statement",
    subject="register_statement",
    scope="registration:register_statement:decide",
    charter="complaint",
)
# Nor for what is taken over from an earlier system (assumed).
OPENING_FILE = Queue(
    "opening_file", subject="opening_file", scope="registration:opening_file:decide", charter="complaint"
)
# Nor for a correction of a spell: as one of a person (assumed).
SPELL_CORRECTION = Queue(
    "spell_correction",
    subject="spell_correction",
    scope="registration:spell_correction:decide",
    charter="complaint",
)
# Nor for a foreign worker whose pass ended (assumed).
FOREIGN_PASS = Queue(
    "foreign_pass", subject="foreign_pass", scope="registration:foreign_pass:decide", charter="complaint"
)
# Nor for what is stated of an employer (assumed).
EMPLOYER_STATEMENT = Queue(
    "employer_statement",
    subject="employer_statement",
    scope="registration:employer_statement:decide",
    charter="complaint",
)
# Nor for two numbers of one person: payments are held no longer than it takes (HELD of domain/person_merge.py).
PERSON_MERGE = Queue(
    "person_merge", subject="person_merge", scope="registration:person_merge:decide", charter="complaint"
)
# Nor for a file that could not be worked off: what its employer sent after it waits (assumed).
CONTRIBUTION_FILE = Queue(
    "contribution_file",
    subject="contribution_file",
    scope="registration:contribution_file:decide",
    charter="complaint",
)
# Nor for what is found at employers (assumed).
ENFORCEMENT = Queue("enforcement", subject="enforcement", scope="registration:enforcement:decide", charter="complaint")
# Nor for what is kept of a person: the law on personal data names no days either (assumed).
ERASURE = Queue("erasure", subject="erasure", scope="registration:erasure:decide", charter="complaint")
# Nor for a payment for cover that an agent reported late, or that was none: a claim may wait for it (assumed).
COVER_PAYMENT = Queue(
    "cover_payment", subject="cover_payment", scope="registration:cover_payment:decide", charter="complaint"
)
ALL = (
    REFUND,
    PERSON_CORRECTION,
    DUPLICATE_PERSON,
    INTEREST,
    BANK_CREDIT,
    SPELL_STATEMENT,
    FAMILY_RELATION,
    REGISTER_STATEMENT,
    OPENING_FILE,
    SPELL_CORRECTION,
    FOREIGN_PASS,
    EMPLOYER_STATEMENT,
    PERSON_MERGE,
    CONTRIBUTION_FILE,
    ENFORCEMENT,
    ERASURE,
    COVER_PAYMENT,
)
