"""Freeze the Qt plug-ins that the window uses, and so only the libraries that these need."""

from pathlib import PurePath

from PyInstaller.utils.hooks.qt import add_qt6_dependencies

PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qsvg"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "platforms": {"qcocoa", "qoffscreen", "qwayland", "qwindows", "qxcb"},
    "platformthemes": {"qxdgdesktopportal"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-shell-integration": {"xdg-shell"},
}

hiddenimports, binaries, _translations = add_qt6_dependencies(__file__)
binaries = [
    (source, folder)
    for source, folder in binaries
    if PurePath(source).stem.removeprefix("lib") in PLUGINS.get(PurePath(folder).name, ())
]
