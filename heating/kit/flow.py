"""State machines: every lawful transition of a thing, by name."""

from dataclasses import dataclass

from heating.kit.errors import Refusal


@dataclass(frozen=True)
class Transition:
    """One edge: `name` leads from any of `sources` to `target`."""

    name: str
    sources: tuple[str, ...]
    target: str


class Flow:
    """The declared edges of one state machine; services ask it before they write a state."""

    def __init__(self, labels: type, *transitions: Transition) -> None:
        self.labels = labels
        self.transitions = {each.name: each for each in transitions}

    def allows(self, transition: str, state: str) -> bool:
        """Say whether `transition` may be done in `state`."""
        return state in self.transitions[transition].sources

    def next(self, transition: str, state: str) -> str:
        """Return the state after `transition`; `Refusal` when it is not declared from `state`."""
        if not self.allows(transition, state):
            raise Refusal(f"当前状态为“{self.labels(state).label}”，不能执行此操作")
        return self.transitions[transition].target
