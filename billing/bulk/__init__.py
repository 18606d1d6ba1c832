"""The set-based road: SQL that computes what `billing.rules` defines, for any number of rooms at once.

`rules` stays the definition. The SQL is composed of small layers, and a test holds it equal to the rules to the fen on
the worked examples and on thousands of random cases.
"""
