"""Which release of the code is running; its version stands in the envelope of a decision, never in its hash."""

import hashlib
from pathlib import Path

CODE_VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parents[2]


def digest_of(root: Path, *folders: str) -> str:
    """SHA-256, in hex, of the source below these folders of a root, names and content, without tests.

    All processes of a release have the same, and those of one that was mended in any way another. It takes some 20 ms.
    """
    digest = hashlib.sha256()
    for path in sorted(each for folder in folders for each in (root / folder).rglob("*.py")):
        name = path.relative_to(root)
        if "tests" not in name.parts:
            digest.update(f"{name.as_posix()}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
