"""What a revision of a claim is: the ordered list of its decision records, by their hashes."""

import hashlib
from collections.abc import Sequence


def revision_hash(hashes: Sequence[str]) -> str:
    """SHA-256, in hex, over the hashes of a claim's decision records in their order, one a line."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
