"""What the kind of a payable says to whoever pays it; in an event it is a code like another."""

# How the kind of a payable ends that the party pays back, such as `education_loan`.
LOAN = "_loan"


def is_loan(kind: str) -> bool:
    """Whether the party pays it back."""
    return kind.endswith(LOAN)
