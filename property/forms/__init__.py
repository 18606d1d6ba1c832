"""The forms of owners, places and rooms."""
