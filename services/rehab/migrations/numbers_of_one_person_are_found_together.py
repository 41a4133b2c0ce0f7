"""Numbers that registration merged are one person's: whoever asks by either finds the referrals and bills of both."""

from shared.persistence.one_person import keep_known_merges_v1

revision = "rehab_0015"
down_revision = "rehab_0014"


def upgrade() -> None:
    """The worker keeps what registration says; requests learn who is one by a function."""
    keep_known_merges_v1("rehab")
