"""Which dictionaries there are."""

DICTIONARIES = {"relief": "优抚类型"}
