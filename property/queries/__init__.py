"""Read questions about places and people."""

from property.queries.history import as_of, timeline
from property.queries.places import counted, given_up, offices_to_build_in
from property.queries.search import MOST_HITS, search_rooms

__all__ = ["MOST_HITS", "as_of", "counted", "given_up", "offices_to_build_in", "search_rooms", "timeline"]
