"""The stub of the native module says what the module has."""

import ast
import enum
from pathlib import Path

from trimatte import host_bridge
from trimatte.host_bridge import _host

STUB = ast.parse((Path(host_bridge.__file__).parent / "_host.pyi").read_text())


def test_the_stub_names_the_classes_and_functions_of_the_module() -> None:
    said = {node.name for node in STUB.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    there = {name for name in vars(_host) if not name.startswith("_")}
    assert {name for name in said if not name.startswith("_")} == there


def members(node: ast.ClassDef) -> set[str]:
    """Return the names that a class of the stub defines."""
    found = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    for item in node.body:
        targets = item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def test_the_stub_names_the_members_of_each_class() -> None:
    for node in STUB.body:
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        native = getattr(_host, node.name)
        if issubclass(native, enum.Enum):
            there = set(native.__members__)
        else:
            there = {name for name in vars(native) if not name.startswith("_") or name == "__len__"}
        assert members(node) - {"__init__"} == there, node.name


def test_the_public_names_are_these() -> None:
    assert sorted(host_bridge.__all__) == [
        "BundleNotFoundError",
        "BundleProblem",
        "Chain",
        "ClipForm",
        "ClipPreferences",
        "Drawing",
        "Effect",
        "FrameReader",
        "Frames",
        "Host",
        "HostError",
        "HostProfile",
        "Message",
        "Overlay",
        "Param",
        "Params",
        "Plugin",
        "PluginCrashedError",
        "PluginRefusedError",
        "PluginTable",
        "RenderAbortedError",
        "Trial",
        "survey",
    ]
