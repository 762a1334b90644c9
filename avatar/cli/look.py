"""Options that the commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from math import radians
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import tyro

if TYPE_CHECKING:
    from avatar.export import ExportOptions

Number = TypeVar("Number", int, float)

Outputs = Annotated[tuple[str, ...], tyro.conf.arg(aliases=["-o"], metavar="OUT...")]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the head looks in pictures, videos and GLB files.

    Args:
        size: Pixels of a head's picture (even): WIDTHxHEIGHT, or one number for a square.
        supersample: Samples across and down each pixel, 1 to 4: 2 smooths the edges, 1 is fastest.
        preset: What the camera does: portrait, three-quarter, profile, mouth or turntable.
        field_of_view: Opening angle of the lens in degrees, the preset's when left out; 0 draws in parallel.
        turn: Degrees that the camera goes further round, towards the head's left.
        view: What is drawn: shaded, normals, wireframe, shaded+wireframe, depth or parts.
        lights: The light: studio, soft, dramatic, even or outdoors.
        background: studio, transparent, a colour as "#203040", or two from top to bottom as "#203040,#000000".
        texture: A PNG or JPEG for the skin, laid out as the head's texture coordinates are.
        vertex_colours: An .npy file of colours [V, 3] instead of the head's own (bytes, or linear light 0..1).
        rig: Which head: built-in, or a .safetensors of `avatar rig import` (or a .glb, folder or .npz to import now).
        identity: Whose head: a whole number draws a person, name=value pairs such as age=0.5 shape one.
        people: Several heads side by side, each a whole number or name=value.
        at: The second that a picture shows; several make a contact sheet.
        sheet: A contact sheet of so many moments, evenly spread over the clip.
        hold: In videos, let the moment at --at stand still for so many seconds (say, for a turntable).
    """

    size: str = "512"
    supersample: int = 2
    preset: str = "portrait"
    field_of_view: float | None = None
    turn: float = 0.0
    view: str = "shaded"
    lights: str = "studio"
    background: str = "studio"
    texture: str | None = None
    vertex_colours: str | None = None
    rig: str = "built-in"
    identity: Annotated[tuple[str, ...], tyro.conf.arg(metavar="SEED|NAME=VALUE...")] = ()
    people: Annotated[tuple[str, ...], tyro.conf.arg(metavar="SEED|NAME=VALUE...")] = ()
    at: Annotated[tuple[float, ...], tyro.conf.arg(metavar="SECOND...")] = ()
    sheet: int | None = None
    hold: float | None = None

    def options(self, **more: Any) -> "ExportOptions":
        """The same for the exporters.

        Args:
            more: what only one command offers.

        Raises:
            OSError: a file cannot be read.
            KeyError: the head has no such identity axis.
            ValueError: an option is out of range or unknown, or does not read as NAME=VALUE.
        """
        from avatar.export import ExportOptions

        return ExportOptions(
            rig=self.rig,
            identity=_identity(self.identity, "--identity", self.rig),
            size=_size(self.size),
            supersample=self.supersample,
            preset=self.preset,
            field_of_view=None if self.field_of_view is None else radians(self.field_of_view),
            turn=radians(self.turn),
            view=self.view,
            lights=self.lights,
            background=self.background,
            texture=None if self.texture is None else Path(self.texture),
            vertex_colours=None if self.vertex_colours is None else Path(self.vertex_colours),
            people={word: _identity((word,), "--people", self.rig) for word in self.people},
            at=self.at or 0.0,
            sheet=self.sheet,
            hold=self.hold,
            **more,
        )


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    try:
        return int(height if cross else width), int(width)
    except ValueError:
        raise ValueError(f"--size takes WIDTHxHEIGHT or one number, such as 1920x1080, got {text!r}") from None


def _identity(words: tuple[str, ...], option: str, rig: str) -> dict[str, float]:
    if not words:
        return {}
    from avatar.export.head import drawn_identity, identity_vector, rig_named

    head = rig_named(rig)
    values: dict[str, float] = {}
    for word in words:
        name, equals, value = word.partition("=")
        wrong = f"{option} takes a whole number or NAME=VALUE, got {word!r}"
        if equals:
            values[name] = _number(value, float, wrong)
        else:
            values |= drawn_identity(head, _number(word, int, wrong))
    identity_vector(head, values)
    return values


def _number(text: str, kind: Callable[[str], Number], wrong: str) -> Number:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(wrong) from None
