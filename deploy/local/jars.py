"""The Java servers' jars: fetched once from Maven Central by jgo, held to the SHA-256 sums of `jars.lock` at every use.

A line of the lock is `<bundle> <group:artifact:version[:classifier]> <sha256>`. `python -m deploy.local.jars` resolves
the bundles again and writes it.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LauncherError

LOCK = Path(__file__).with_name("jars.lock")
ROOTS: dict[str, tuple[str, ...]] = {
    "kafka": ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36"),
    "zipkin": ("io.zipkin:zipkin-server:3.6.1:slim",),
}
# The slim jar of Zipkin holds all that it needs; its POM names far more than the jar runs with.
WITHOUT_DEPENDENCIES = {"zipkin"}


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar: `group:artifact:version[:classifier]` and the SHA-256 of its bytes in hexadecimal."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name in the cache, unique over groups."""
        return self.coordinate.replace(":", "-") + ".jar"


def read_lock(bundle: str, lock: Path = LOCK) -> list[Jar]:
    """Return the locked jars of a bundle, in class path order.

    Raises:
        LauncherError: the lock names no jar of this bundle.
    """
    rows = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    jars = [Jar(coordinate, sha256) for name, coordinate, sha256 in rows if name == bundle]
    if not jars:
        raise LauncherError(f"{lock.name} names no jar of {bundle}: run python -m deploy.local.jars")
    return jars


def ensure_jars(
    bundle: str, cache: Path, *, lock: Path = LOCK, progress: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Return the paths of a bundle's jars, each verified; fetch those that the cache lacks.

    Raises:
        LauncherError: a jar's bytes differ from the lock, or a missing jar cannot be fetched.
    """
    jars = read_lock(bundle, lock)
    missing = [jar for jar in jars if not (cache / jar.file_name).exists()]
    if missing:
        _fetch(missing, cache, progress)
    for jar in jars:
        _verify(jar, cache / jar.file_name)
    return [cache / jar.file_name for jar in jars]


def _verify(jar: Jar, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        raise LauncherError(
            f"{path} is not the jar of {LOCK.name} (SHA-256 {found}, locked {jar.sha256}): "
            "remove the file and start again; if it differs again, do not use it"
        )


def _fetch(jars: list[Jar], cache: Path, progress: Callable[[str], None]) -> None:
    """Fetch into a scratch folder, verify, then move: what stands in the cache is whole and was right on arrival."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="fetch-", dir=cache))
    except OSError as error:
        raise LauncherError(f"The cache of jars {cache} cannot be written ({error.strerror})") from error
    try:
        with ThreadPoolExecutor(4) as pool:
            for jar, path in pool.map(lambda jar: (jar, _download(jar, scratch)), jars):
                _verify(jar, path)
                os.replace(path, cache / jar.file_name)
                progress(jar.coordinate)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _download(jar: Jar, scratch: Path) -> Path:
    import requests  # the fetch is rare and these two imports are slow
    from jgo.maven import MavenContext

    try:
        path = MavenContext(repo_cache=scratch, timeout=30).create_dependency(jar.coordinate).artifact.resolve()
    except (OSError, RuntimeError, requests.RequestException) as error:
        raise LauncherError(
            f"{jar.coordinate} could not be fetched from Maven Central ({type(error).__name__}): "
            "the first start needs the network, later ones do not"
        ) from error
    return Path(path)


def write_lock(lock: Path = LOCK) -> None:
    """Resolve every bundle again and write the lock; the only place where a version is chosen."""
    lines = ["# Written by python -m deploy.local.jars: bundle, coordinate, SHA-256."]
    with tempfile.TemporaryDirectory() as folder:
        for bundle in ROOTS:
            lines += [f"{bundle} {jar.coordinate} {jar.sha256}" for jar in _resolve(bundle, Path(folder))]
    lock.write_text("\n".join(lines) + "\n")


def _resolve(bundle: str, scratch: Path) -> Iterable[Jar]:
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=scratch, timeout=30)
    roots = [context.create_dependency(root) for root in ROOTS[bundle]]
    found = roots if bundle in WITHOUT_DEPENDENCIES else [d for part in context.resolver.resolve(roots) for d in part]
    for dependency in found:
        parts = [dependency.groupId, dependency.artifactId, dependency.version, dependency.classifier]
        sha256 = hashlib.sha256(Path(dependency.artifact.resolve()).read_bytes()).hexdigest()
        yield Jar(":".join(part for part in parts if part), sha256)


if __name__ == "__main__":
    write_lock()
