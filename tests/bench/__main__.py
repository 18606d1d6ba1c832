"""`python -m tests.bench [NAME ...]`; see tests/harness.py."""

import sys

import tests.bench
from tests.harness import main

if __name__ == "__main__":
    sys.exit(main(tests.bench, sys.argv[1:]))
