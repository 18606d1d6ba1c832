"""Things that take effect only after another person has approved them: what all of them share, once."""
