"""State machines: every lawful step of a thing, by verb."""

from dataclasses import dataclass

from heating.kit.errors import Refusal


@dataclass(frozen=True)
class Step:
    """One edge: `verb` leads from any of `sources` to `target`."""

    verb: str
    sources: tuple[str, ...]
    target: str


class Flow:
    """The declared edges of one state machine; services ask it before they write a state."""

    def __init__(self, labels: type, *steps: Step) -> None:
        self.labels = labels
        self.steps = {step.verb: step for step in steps}

    def allows(self, verb: str, state: str) -> bool:
        """Say whether `verb` may be done in `state`."""
        return state in self.steps[verb].sources

    def next(self, verb: str, state: str) -> str:
        """Return the state after `verb`; `Refusal` when the step is not declared from `state`."""
        if not self.allows(verb, state):
            raise Refusal(f"当前状态为“{self.labels(state).label}”，不能执行此操作")
        return self.steps[verb].target
