"""How the parts of a head answer light."""

from dataclasses import dataclass

from avatar.renderers.colour import Colour


@dataclass(frozen=True)
class Material:
    """How a surface answers light, apart from its colour.

    Attributes:
        wrap: for red, green and blue, how far past the terminator light still reaches: a stand-in for scattering
            below the surface (0 is chalk; red carries furthest in skin).
        bleed: for red, green and blue, how much of the light lost in creases comes back from their walls.
        specular: strength of the highlight seen straight on.
        roughness: width of the highlight, 0.002 (wet) to 1 (matt).
        rim: extra reflection of the surroundings at grazing angles.
        shelter: how strongly nearer surfaces around a spot on the screen darken it (0 to 1), for what sits in an
            opening: eyes behind lids, teeth behind lips.
        shelter_radius: how far around the spot they count, metres.
        double_sided: whether the back of a face is drawn.
        eye: whether iris and pupil are painted (the mesh needs `eye_offsets`).
        iris: linear RGB of the iris.
    """

    wrap: Colour = (0.0, 0.0, 0.0)
    bleed: Colour = (0.0, 0.0, 0.0)
    specular: float = 0.04
    roughness: float = 0.3
    rim: float = 0.0
    shelter: float = 0.0
    shelter_radius: float = 0.01
    double_sided: bool = True
    eye: bool = False
    iris: Colour = (0.10, 0.045, 0.018)

    def __post_init__(self) -> None:
        if not 0.0 < self.roughness <= 1.0:
            raise ValueError(f"roughness must be above 0 and at most 1, got {self.roughness}")
        if not 0.0 <= self.shelter <= 1.0 or not self.shelter_radius > 0.0:
            raise ValueError(
                f"shelter must be 0 to 1 and shelter_radius above 0 metres, got {self.shelter}, {self.shelter_radius}"
            )

    def row(self) -> tuple[float, ...]:
        """Return the numbers that the shading kernel reads, in its order."""
        return (
            *self.wrap,
            *self.bleed,
            self.specular,
            self.roughness,
            self.rim,
            self.shelter,
            self.shelter_radius,
            float(self.eye),
            *self.iris,
            *(1.0 / (1.0 + wrap) for wrap in self.wrap),
        )


UNLIT = Material(specular=0.0, roughness=1.0)
PLAIN = Material(specular=0.08, roughness=0.25)
SKIN = Material(
    wrap=(0.34, 0.22, 0.16), bleed=(0.6, 0.25, 0.2), specular=0.12, roughness=0.14, rim=0.12, double_sided=False
)
EYE = Material(
    wrap=(0.3, 0.25, 0.25),
    specular=6.0,
    roughness=0.0045,
    rim=0.1,
    shelter=0.7,
    shelter_radius=0.007,
    double_sided=False,
    eye=True,
)
TEETH = Material(wrap=(0.35, 0.3, 0.25), specular=0.35, roughness=0.03, rim=0.1, shelter=0.5, shelter_radius=0.012)
TONGUE = Material(wrap=(0.3, 0.12, 0.1), specular=0.15, roughness=0.06, shelter=0.85, shelter_radius=0.018)
MOUTH = Material(wrap=(0.3, 0.1, 0.1), specular=0.05, roughness=0.15, shelter=0.95, shelter_radius=0.02)
HAIR = Material(specular=0.03, roughness=0.4)

CLOTH = Material(wrap=(0.15, 0.15, 0.15), specular=0.0, roughness=0.6, rim=0.08)

_BY_WORD = (
    ("eyebrow", HAIR),
    ("eyelash", HAIR),
    ("brow", HAIR),
    ("lash", HAIR),
    ("hair", HAIR),
    ("eye", EYE),
    ("sclera", EYE),
    ("teeth", TEETH),
    ("tooth", TEETH),
    ("tongue", TONGUE),
    ("gum", TONGUE),
    ("cavity", MOUTH),
    ("mouth", MOUTH),
    ("skin", SKIN),
    ("head", SKIN),
    ("lip", SKIN),
    ("shirt", CLOTH),
    ("cloth", CLOTH),
)


def material_for(part: str) -> Material:
    """Return the material that a part's name suggests, such as "upper_teeth"; `PLAIN` if it suggests none."""
    lower = part.lower()
    return next((material for word, material in _BY_WORD if word in lower), PLAIN)
