"""Oculus: the 15 visemes of its lip sync, which VR frameworks and browsers took over."""

from avatar.controls import Control, ControlSpace

OCULUS = ControlSpace(
    "Oculus",
    tuple(Control(n) for n in ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")),
)
"""15 weights 0..1 that together make 1; sil is the mouth at rest."""
