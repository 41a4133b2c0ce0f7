"""Has a process give back the memory of what was large and is gone, and look for garbage where there may be some."""

import contextlib
import ctypes
import gc

# glibc's names for them (malloc.h), and its own first values but for the second, which saves calls of the system.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MMAP_BYTES = 128 * 1024
_TRIM_BYTES = 1024 * 1024
# How many more objects there are than at the last search before the next one, and how many of these searches come
# before an older generation is looked through: by default 700, 10 and 10.
_GARBAGE = (10_000, 20, 20)


def give_back_what_is_freed() -> None:
    """Keep glibc from putting large blocks among the small ones.

    A block of 128 KB or more is mapped by itself and given back when it is freed, until the first one is: then the
    limit rises to its size (mallopt(3), "dynamic mmap threshold"), and a process that has once caught up with its
    topics, a megabyte of each partition in one answer, keeps the room of all that for good. Elsewhere than with glibc
    this does nothing.
    """
    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)


def leave_what_stays() -> None:
    """Put all that there is by now out of the collector's reach: it is there until the process ends.

    A search through all of it takes a tenth of a second, in which nobody is answered, and comes whenever a quarter of
    it has been added: a few hundred answers that are kept are enough.
    """
    gc.collect()
    gc.freeze()


def spare_what_stays() -> None:
    """Leave what a process begins with out of every later search for garbage, and search less often.

    Modules, models and statements are some hundred thousand objects that stay to the end. Whoever makes many objects at
    once, a piece of a file or a batch of events, has them all looked through again and again: that took half of a load.
    What nothing refers to any more is freed at once as ever; only what refers to itself waits for a search. No search
    comes first: it would write into every page that processes share.
    """
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
