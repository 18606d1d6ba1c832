"""Read questions about places and people."""

from property.queries.accounts import given_up
from property.queries.building_in import offices_to_build_in
from property.queries.counts import counted
from property.queries.history import as_of, timeline
from property.queries.search import MOST_HITS, search_rooms

__all__ = ["MOST_HITS", "as_of", "counted", "given_up", "offices_to_build_in", "search_rooms", "timeline"]
