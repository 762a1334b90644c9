"""Part of the script for Blender: unpacks tables, keys curves, adds up nodes."""

import sys
import tempfile
import zlib
from array import array
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def numbers(name: str) -> "array[Any]":
    """Unpack an array."""
    kind, text = ARRAYS[name]
    values = array(kind)
    values.frombytes(zlib.decompress(b64decode(text)))
    if sys.byteorder == "big":
        values.byteswap()
    return values


@contextmanager
def unpacked(name: str) -> "Iterator[str]":
    """The path of a temporary file that holds a table's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(numbers(name).tobytes())
        yield str(file)


def animate(owner: Any, path: str, values: Any, index: int = -1) -> None:
    """Key a property of a datablock, one value a frame; a value that never changes is keyed once."""
    keys = values if max(values) > min(values) else values[:1]
    owner.keyframe_insert(path, index=index, frame=0)
    data = owner.animation_data
    if hasattr(data.action, "fcurves"):
        curves = data.action.fcurves
    else:  # 5.0 keeps them in the slots that 4.4 brought
        curves = data.action.layers[0].strips[0].channelbag(data.action_slot).fcurves
    curve = curves.find(path, index=max(index, 0))
    curve.keyframe_points.add(len(keys) - 1)
    curve.keyframe_points.foreach_set("co", [number for pair in enumerate(keys) for number in pair])
    # 1 is LINEAR; many keys can only be set by number.
    curve.keyframe_points.foreach_set("interpolation", [1] * len(keys))
    curve.update()


def only_node(tree: Any, kind: str, output: str) -> Any:
    """Empty a tree of nodes, whatever this version of Blender has put into it; add one and the output it goes to."""
    tree.nodes.clear()
    node = tree.nodes.new(kind)
    tree.links.new(node.outputs[0], tree.nodes.new(output).inputs["Surface"])
    return node


def arrange(tree: Any) -> None:
    """Spread nodes out from right to left, as many columns as there are links between them and the output."""
    columns: dict[str, int] = {}

    def place(node: Any, column: int) -> None:
        if columns.get(node.name, -1) < column:
            columns[node.name] = column
            for link in tree.links:
                if link.to_node == node:
                    place(link.from_node, column + 1)

    place(next(node for node in tree.nodes if node.type.startswith("OUTPUT")), 0)
    rows = [0] * len(tree.nodes)
    for name, column in columns.items():
        tree.nodes[name].location = (-250.0 * column, -300.0 * rows[column])
        rows[column] += 1


class Value:
    """A number or vector that nodes work out; sums on it add nodes."""

    def __init__(self, tree: Any, socket: Any) -> None:
        self.tree, self.socket = tree, socket

    def node(self, kind: str, operation: str, *values: Any) -> "Value":
        """What a node of a kind makes of values, which are numbers or Values."""
        node = self.tree.nodes.new(kind)
        node.operation = operation
        for socket, value in zip(node.inputs, values, strict=False):
            if isinstance(value, Value):
                self.tree.links.new(value.socket, socket)
            else:
                socket.default_value = value
        return Value(self.tree, next(socket for socket in node.outputs if socket.enabled))

    def math(self, operation: str, *values: Any) -> "Value":
        """A sum that begins with this number."""
        return self.node("ShaderNodeMath", operation, self, *values)

    def __add__(self, other: Any) -> "Value":
        return self.math("ADD", other)

    def __mul__(self, other: Any) -> "Value":
        return self.math("MULTIPLY", other)

    def vector(self, operation: str, *values: Any) -> "Value":
        """A sum of vectors or colours that begins with this one."""
        return self.node("ShaderNodeVectorMath", operation, self, *values)

    def mix(self, other: "Value", share: "Value") -> "Value":
        """This colour where the share is 0, another one where it is 1."""
        return share.vector("MULTIPLY_ADD", other.vector("SUBTRACT", self), self)

    def smooth(self, low: float, high: float, start: float, end: float) -> "Value":
        """Go from `start` where this is `low` to `end` where it is `high`, without a corner."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        self.tree.links.new(self.socket, node.inputs["Value"])
        for name, value in zip(("From Min", "From Max", "To Min", "To Max"), (low, high, start, end), strict=True):
            node.inputs[name].default_value = value
        return Value(self.tree, node.outputs["Result"])

    def parts(self) -> "list[Value]":
        """The three numbers of a vector."""
        node = self.tree.nodes.new("ShaderNodeSeparateXYZ")
        self.tree.links.new(self.socket, node.inputs[0])
        return [Value(self.tree, socket) for socket in node.outputs]


SCENE: dict[str, Any] = {}
ARRAYS: dict[str, tuple[str, str]] = {}
