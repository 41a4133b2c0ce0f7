"""A seeded sample: whoever has the seed draws the same rows of a population that stands (decision 93)."""

from sqlalchemy import TextClause, text

# Each row has a place of its own by seed and key, whatever the order in which the database finds it and whatever else
# there is: who knows seed and keys works it out without us.
_DRAWN = """
    WITH population AS ({population})
    SELECT population.*, count(*) OVER () AS whole FROM population
    ORDER BY sha256(convert_to(CAST(:seed AS text) || '/' || key, 'UTF8')), key LIMIT :size
"""


def drawn(population: str) -> TextClause:
    """The sample of a select of rows that each have a ``key``; its parameters are ``seed``, ``size`` and the select's
    own. ``whole`` says of how many it is drawn."""
    return text(_DRAWN.format(population=population))
