"""The one exception that a person is meant to read."""


class Refusal(Exception):
    """A rule of the trade says no; the message is one Chinese sentence for the person at the screen.

    Raised by services inside their transaction, so nothing of the refused work remains.
    `field` names the form field beside which the sentence belongs, if there is one.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return self.sentence
