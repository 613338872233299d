"""What NatronRenderer runs for ``test_natron.py``: it builds or loads a graph, sets it, saves it, renders it.

The scene is JSON in ``TRIMATTE_NATRON_SCENE``: ``source`` and ``out`` name folders of the probes' files; ``trimap`` is
such a folder, ``"roto"`` or null; ``parameters`` are values by name, or lists of (frame, value); ``frames`` is a list
of (first, last), rendered again with the parameters in ``better`` if there are any; ``save`` and ``load`` name
projects. Natron's own Python runs this: no package of ours is there.
"""

import json
import os
import sys
from typing import Any

CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
BOXES = ((1.0, 44, 20, 68, 44), (0.5, 24, 8, 88, 56))
"""Opacity, left, bottom, right, top at frame 0, the upper one first; at frame 6 they are 12 pixels to the right."""


def draw(roto: Any) -> None:
    """Draw the trimap of the keyframe fixture with two shapes that move."""
    for opacity, left, bottom, right, top in BOXES:
        points = [(right if x else left, top if y else bottom) for x, y in CORNERS]
        shape = roto.getRotoContext().createBezier(*points[0], 0)
        for point in points[1:]:
            shape.addControlPoint(*point)
        shape.setCurveFinished(True)
        for frame, shift in ((0, 0), (6, 12)):
            for index, (x, y) in enumerate(points):
                shape.setPointAtIndex(index, frame, *(x + shift, y) * 3)
                shape.setFeatherPointAtIndex(index, frame, *(x + shift, y) * 3)
        shape.setFeatherDistance(0, 0)
        shape.setOpacity(opacity, 0)


def reader(app: Any, folder: str) -> Any:
    node = app.createNode("org.trimatte.probe.files.read")
    node.getParam("folder").set(folder)
    return node


def build(app: Any, scene: dict[str, Any]) -> None:
    """Source, and the trimap if there is one, into the effect; its result into the writer."""
    matte = app.createNode("org.trimatte.Trimatte")
    assert [matte.getInputLabel(index) for index in range(matte.getMaxInputCount())] == ["Source", "Trimap"]
    matte.connectInput(0, reader(app, scene["source"]))
    if scene["trimap"] == "roto":
        roto = app.createNode("fr.inria.built-in.Roto")
        draw(roto)
        matte.connectInput(1, roto)
    elif scene["trimap"]:
        matte.connectInput(1, reader(app, scene["trimap"]))
    writer = app.createNode("org.trimatte.probe.files.write")
    writer.connectInput(0, matte)
    app.createNode("fr.inria.built-in.DiskCache").connectInput(0, writer)


def set_all(matte: Any, parameters: dict[str, Any]) -> None:
    for name, value in parameters.items():
        if isinstance(value, list):
            for frame, number in value:
                matte.getParam(name).setValueAtTime(number, frame)
        else:
            matte.getParam(name).set(value)


def createInstance(app: Any, _group: Any) -> None:  # noqa: N802 - the name that Natron calls
    scene = json.loads(os.environ["TRIMATTE_NATRON_SCENE"])
    if scene["load"]:
        app = app.loadProject(scene["load"])
        folder = app.getNode("Read_files1").getParam("folder")
        place = folder.getValue()
        for value in ("", place):  # Natron asks a node without inputs for its preferences when a parameter changes only
            folder.set(value)
    else:
        build(app, scene)
    matte, writer = app.getNode("Trimatte1"), app.getNode("Write_files1")
    set_all(matte, scene["parameters"])
    if scene["save"]:
        assert app.saveProject(scene["save"])
    writer.getParam("folder").set(scene["out"])
    for parameters in ({}, scene["better"]) if scene["better"] else ({},):
        set_all(matte, parameters)
        for first, last in scene["frames"]:
            app.render(app.getNode("DiskCache1"), first, last)
    sys.stdout.write("The scene is over.\n")
