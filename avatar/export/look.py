"""How one head looks in pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import degrees, isfinite, pi
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avatar.export.presets import PRESETS, Framing

if TYPE_CHECKING:
    from avatar.renderers import Background, Lights
    from avatar.renderers.views import View
    from avatar.rigs import Rig

BUILT_IN = "built-in"
"""The rig that ships with the package."""

SMALLEST, LARGEST = 16, 4096

_WIDEST = 0.75 * pi


@dataclass(frozen=True)
class Look:
    """Who is seen, from where, in which light.

    Args:
        identity: values of the head's identity axes by name; the others are average.
        size: pixels of one head's picture: (height, width), or one number for a square; even, 16..4096.
        supersample: samples across and down each pixel, 1..4; 2 smooths the edges.
        preset: a name in `PRESETS`, such as "portrait" or "mouth".
        field_of_view: opening angle of the lens in radians; the preset's when left out, 0 is orthographic.
        turn: radians that the camera goes round further than the preset says, towards the subject's left.
        view: what is shown of the surface, a name in `avatar.renderers.VIEWS`, such as "shaded" or "wireframe".
        lights: a set of lights by name, see `avatar.renderers.lights_named`.
        background: "studio", "transparent", one colour "#rrggbb", or two, "#rrggbb,#rrggbb", from top to bottom.
        texture: a PNG or JPEG for the skin, laid out as the head's texture coordinates are.
        vertex_colours: an .npy file [V, 3] of colours instead of the head's own: bytes are sRGB, floats linear RGB.
        rig: whose head: "built-in", or a file that `avatar.rigs.load_rig` takes.

    Raises:
        OSError: a file cannot be read.
        ValueError: a value is out of range, a name is unknown, or a file does not hold what it should.
    """

    identity: Mapping[str, float] = field(default_factory=dict)
    size: int | tuple[int, int] = 512
    supersample: int = 2
    preset: str = "portrait"
    field_of_view: float | None = None
    turn: float = 0.0
    view: str = "shaded"
    lights: str = "studio"
    background: str = "studio"
    texture: Path | None = None
    vertex_colours: Path | None = None
    rig: str | Path = BUILT_IN

    def __post_init__(self) -> None:
        for side in self.shape:
            if not SMALLEST <= side <= LARGEST or side % 2:
                raise ValueError(
                    f"size must be an even number of pixels within {SMALLEST}..{LARGEST}, got {side}; for example 512"
                )
        if not 1 <= self.supersample <= 4:
            raise ValueError(f"supersample must be within 1..4, got {self.supersample}")
        if self.preset not in PRESETS:
            raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {self.preset!r}")
        if self.field_of_view is not None and not 0 <= self.field_of_view <= _WIDEST:
            raise ValueError(
                f"field_of_view must be within 0 (orthographic) and {_angle(_WIDEST)}, got {_angle(self.field_of_view)}"
            )
        if not isfinite(self.turn):
            raise ValueError(f"turn must be a finite angle, got {self.turn}")
        # The renderer takes seconds to import: only what is not the default needs it to be checked.
        for name, default in (
            ("rig", BUILT_IN),
            ("view", "shaded"),
            ("lights", "studio"),
            ("background", "studio"),
        ):
            if getattr(self, name) != default:
                getattr(self, f"chosen_{name}")
        for name in ("texture", "vertex_colours"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Path(getattr(self, name)))
                getattr(self, f"chosen_{name}")

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of one head's picture."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size

    @property
    def framing(self) -> Framing:
        """What the preset's name stands for."""
        return PRESETS[self.preset]

    @property
    def chosen_rig(self) -> "Rig":
        """The head that the rig's name stands for."""
        from avatar.export.head import rig_named

        return rig_named(str(self.rig))

    @cached_property
    def chosen_view(self) -> "View":
        """What the view's name stands for."""
        from avatar.renderers.views import view_named

        return view_named(self.view)

    @cached_property
    def chosen_lights(self) -> "Lights":
        """What the lights' name stands for."""
        from avatar.renderers.lights import lights_named

        return lights_named(self.lights)

    @cached_property
    def chosen_background(self) -> "Background":
        """What the background's name or colours stand for."""
        from avatar.renderers import STUDIO, TRANSPARENT, Background, hex_colour

        named = {"studio": STUDIO, "transparent": TRANSPARENT}
        if self.background in named:
            return named[self.background]
        try:
            top, *rest = [hex_colour(colour.strip()) for colour in self.background.split(",")]
            (bottom,) = rest or [top]
        except ValueError:
            raise ValueError(
                f'background must be {", ".join(named)}, a colour such as "#203040" or two such as "#203040,#000000", '
                f"got {self.background!r}"
            ) from None
        return Background(top, bottom)

    @cached_property
    def chosen_texture(self) -> NDArray[np.uint8] | None:
        """The texture's pixels."""
        from avatar.renderers.surface_texture import read_texture

        return None if self.texture is None else read_texture(self.texture)

    @cached_property
    def chosen_vertex_colours(self) -> NDArray[Any] | None:
        """The vertices' own colours [V, 3] in linear RGB."""
        from avatar.renderers.colour import decode

        if self.vertex_colours is None:
            return None
        count = len(self.chosen_rig.vertex_colours)
        wanted = f"[{count}, 3] bytes, or floats within 0..1"
        try:
            colours = np.load(self.vertex_colours, allow_pickle=False)
        except (ValueError, EOFError):
            raise ValueError(
                f"{self.vertex_colours} is not an .npy file of {wanted}; write one with numpy.save"
            ) from None
        if not isinstance(colours, np.ndarray) or colours.shape != (count, 3):
            raise ValueError(f"vertex_colours must be {wanted}, got {list(getattr(colours, 'shape', []))}")
        if colours.dtype == np.uint8:
            return decode(colours / 255.0)
        if colours.dtype.kind != "f" or not ((colours >= 0) & (colours <= 1)).all():
            raise ValueError(f"vertex_colours must be {wanted}, got {colours.dtype} {colours.min()}..{colours.max()}")
        return colours


def _angle(radians: float) -> str:
    """Both ways: the command line takes degrees, Python radians."""
    return f"{radians:.3g} radians ({degrees(radians):.4g} degrees)"
