"""What goes wrong while a server is brought up, said to the person at the shell."""


class Problem(SystemExit):
    """One clear line on standard error and exit code 1: without a database nothing else can go on."""

    def __init__(self, line: str) -> None:
        super().__init__(f"heating: {line}")
