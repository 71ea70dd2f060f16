"""Kills a process of the site with SIGKILL at a marked point, once for each time that the point is armed.

Python imports this by itself where its folder is on PYTHONPATH; nothing in the site knows of it. KILL_POINT is a file
that names the point: `before` or `after`, and a function as its callers find it (`bookings.services.hold_nights`).
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

ARMED = Path(os.environ["KILL_POINT"])
MARKED = {
    "bookings.services": ("hold_nights", "_write_booking", "_hold_and_book"),
    "bookings.paying": ("write_capture", "_capture", "_expire"),
    "bookings.refunding": ("_send", "_finish"),
}


def kill_at(point: str) -> None:
    """End this process as a power cut would, if the point is armed."""
    if ARMED.exists() and ARMED.read_text() == point:
        ARMED.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(function: Callable, name: str) -> Callable:
    """Return the function with a marked point before and after it."""

    @functools.wraps(function)
    def marked(*args: object, **kwargs: object) -> object:
        kill_at(f"before {name}")
        done = function(*args, **kwargs)
        kill_at(f"after {name}")
        return done

    return marked


class Marking(Loader):
    """Loads a module as usual, then marks its points."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as usual."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Fill it, and mark it."""
        self.loader.exec_module(module)
        for name in MARKED[module.__name__]:
            setattr(module, name, deadly(getattr(module, name), f"{module.__name__}.{name}"))


class Finder(MetaPathFinder):
    """Finds the modules with marked points."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return how a marked module is loaded; of all others nothing."""
        spec = PathFinder.find_spec(name, path) if name in MARKED else None
        if spec and spec.loader:
            spec.loader = Marking(spec.loader)
        return spec


sys.meta_path.insert(0, Finder())
