"""What Hypothesis draws from in tests."""

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


def draw_by_seed_alone() -> None:
    """Let one seed draw the same in every process and in every lane.

    By default a twentieth of what is drawn are constants that stand in the project's modules, in those that are
    imported by then. To read all of more than a thousand takes each process seconds, and for each new bound of a value
    all that was found is looked through: with a document of a hundred operations that takes longer than to draw.

    Raises:
        AttributeError: this version of Hypothesis finds them in another way.
    """
    if not hasattr(providers, "_get_local_constants"):
        raise AttributeError("Hypothesis finds the constants of our modules in another way than here")
    providers._get_local_constants = Constants
