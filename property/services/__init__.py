"""The only writers of places, rooms and owners."""
