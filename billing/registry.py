"""What apps further right make known to billing when they are ready (in their `apps.py`)."""

# What keeps a room import from being taken back: the sentence, and SQL that counts its rooms in `{rooms}`.
ROOMS_IN_USE: dict[str, str] = {}
