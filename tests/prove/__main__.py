"""`python -m tests.prove [NAME ...]`; see tests/harness.py."""

import sys

import tests.prove
from tests.harness import main

if __name__ == "__main__":
    sys.exit(main(tests.prove, sys.argv[1:]))
