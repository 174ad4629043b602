"""What the harness can ask of the agent, and how the agent heals a fault whose harness is gone: functions by name.

Each is a function of its JSON arguments, put here by a decorator where it is written. Their counterpart is
harness/lab/agent-operations.ts; a unit test compares the two.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Function = TypeVar("Function", bound=Callable[..., object])

OPERATIONS: dict[str, Callable[..., object]] = {}
GUARD_STEPS: dict[str, Callable[..., object]] = {}


def operation(name: str) -> Callable[[Function], Function]:
    """The harness can ask for this function by `name`."""
    return _put(OPERATIONS, name)


def guard_step(name: str) -> Callable[[Function], Function]:
    """A guard of the harness can have this step, by `name`."""
    return _put(GUARD_STEPS, name)


def _put(registry: dict[str, Callable[..., object]], name: str) -> Callable[[Function], Function]:
    def put(function: Function) -> Function:
        if name in registry:
            raise ValueError(f"there are two of the name '{name}'")
        registry[name] = function
        return function

    return put
