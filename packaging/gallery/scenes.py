"""Every window, dialog and state, to be pictured and to be looked over by tests.

A new dialog gets its scenes in one of these modules, and by that its pictures and its part in the
tests of languages.
"""

import inspect
from collections.abc import Callable
from types import ModuleType

from gallery import dialog_scenes, window_scenes
from gallery.director import Script
from gallery.stage import Stage

Scene = Callable[[Stage], Script]


def _scenes_of(module: ModuleType) -> dict[str, Scene]:
    """Return the public functions of a module, in the order they stand in it."""
    return {
        name.replace("_", "-"): function
        for name, function in vars(module).items()
        if inspect.isgeneratorfunction(function) and not name.startswith("_")
    }


SCENES = _scenes_of(window_scenes) | _scenes_of(dialog_scenes)
