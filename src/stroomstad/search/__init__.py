"""Which measures, when: the mix that connects most for the money."""

from stroomstad.search.answer import plan_of, promises_of
from stroomstad.search.curve import ceilinged, homes_per_euro
from stroomstad.search.highs import heeding_interrupt
from stroomstad.search.problem import Posed, Question, pose
from stroomstad.search.proposals import propose
from stroomstad.search.solve import Answer, Effort, SearchOptions, search

__all__ = [
    "Answer",
    "Effort",
    "Posed",
    "Question",
    "SearchOptions",
    "ceilinged",
    "heeding_interrupt",
    "homes_per_euro",
    "plan_of",
    "pose",
    "promises_of",
    "propose",
    "search",
]
