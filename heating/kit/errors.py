"""`Refusal`: the exception whose message is shown to the user."""


class Refusal(Exception):
    """A rule refuses the action; the message is one Chinese sentence for the user.

    Raised by services inside their transaction, so nothing of the refused work remains.
    `field` names the form field beside which the sentence belongs, if there is one.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return self.sentence
