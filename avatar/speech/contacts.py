"""Contacts that the decoder hears but only half makes: lips together for p b m, lower lip at the upper teeth for f v.

Curves are learned as an average over what a sound may be, so that an unsure decoder answers with half a closure. What
it thinks of the phones says where to finish it. With P(t) the probability of p b m (or of f v) and d(t) how far the
curves are from that contact:

    missing(t) = ramp(P(t)) * max(min(d(t-1), d(t), d(t+1)) - enough, 0)
    shift(t)   = max over |s| <= 2 of course(s) * missing(t - s)

A contact that the curves make themselves is not missing anything and stays as it is; another one is moved down as a
whole along a minimum-jerk course (Flash and Hogan 1985), so that nothing jumps.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatar.articulation.phones import BILABIAL, LABIODENTAL
from avatar.easing import minimum_jerk
from avatar.rigs import BuiltInHead
from avatar.speech.decoder import Decoded

DOUBT = 0.02
"""Probability at which a contact begins; from twice as much on it is whole.

On voices never heard, 0.07 would miss half as many p b m again. 0.03 would do for synthesizers' f and v; people's are
heard with less certainty.
"""

CLOSED = -0.2
"""Opening of closed lips in mm: a slight press, so that no light shows between them."""

JAW = 3.0
"""Opening in mm that the jaw keeps behind closed lips."""

BITE = {"mouthRollLower": 0.7, "jawOpen": 0.13}
"""The lower lip at the upper teeth, as `avatar.articulation.bite` finds it on the built-in head."""

NEAR = 0.5
"""Distance in mm from the bite's lower lip that is near enough."""

NEIGHBOUR = 0.06
"""Share of either neighbour in a frame: with it, curves are as steady as the articulation model's."""

SEARCH, COURSE = 1, 2
"""Frames on either side in which a contact is looked for, and in which the lips come and go."""

_PARTING = ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")


class Contacts(nn.Module):
    """Finishes a decoder's contacts; it has no weights of its own.

    Args:
        controls: ARKit names of the curves, in the decoder's order.
        phones: symbols of the phone classes, in the decoder's order.
        rig: the head on which millimetres are measured, at neutral identity; by default the built-in one.
    """

    opening: Tensor
    lower_lip: Tensor
    bite: Tensor
    course: Tensor

    reach = SEARCH + COURSE
    """Frames away that still matter to a frame."""

    def __init__(self, controls: tuple[str, ...], phones: tuple[str, ...], rig: BuiltInHead | None = None) -> None:
        super().__init__()
        rig = rig or BuiltInHead.load()
        with torch.no_grad():
            shapes = 1000 * rig.shapes[rig.space.indices(controls)].reshape(len(controls), -1, 3)
        upper, lower = (shapes[:, rig.regions[f"{lip}_lip_middle"], 1].mean(1) for lip in ("upper", "lower"))
        way = 1 - torch.arange(-COURSE, COURSE + 1).abs() / (COURSE + 1)
        constants = {
            "opening": upper - lower,
            "lower_lip": shapes[:, rig.regions["lower_lip_rim"]].mean(1),
            "bite": torch.tensor([BITE.get(name, 0.0) for name in controls]),
            "course": minimum_jerk(way),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)
        self._parting = [controls.index(name) for name in _PARTING]
        self._jaw, self._close = controls.index("jawOpen"), controls.index("mouthClose")
        self._lips, self._teeth = (
            [place for place, symbol in enumerate(phones) if symbol in group] for group in (BILABIAL, LABIODENTAL)
        )

    def forward(self, decoded: Decoded) -> Tensor:
        """Finish the contacts.

        Args:
            decoded: curves [B, T, C] and phone logits [B, T, P].

        Returns:
            [B, T, C] curves in 0..1; a frame depends on the frames at most `reach` away.
        """
        raw, heard = decoded.curves.clamp(0, 1), decoded.phones.float().softmax(-1)
        apart = (raw * self.opening).sum(-1)
        closure, bite = (heard[..., group].sum(-1) for group in (self._lips, self._teeth))
        # One mouth cannot do both. Of two that are as likely, a closure is what a viewer would miss.
        lips = _ramp(closure) * minimum_jerk(2 * closure / (closure + bite + 1e-9))
        teeth = _ramp(bite)
        missing = lips * (_smallest(apart) - CLOSED).clamp(min=0)
        away = ((raw - self.bite)[..., None] * self.lower_lip).sum(-2).norm(dim=-1)
        steady = _steadied(raw)
        curves = self._to_teeth(steady, away, teeth)
        # What the teeth part where the lips belong together is closed again.
        parted = ((curves - steady) * self.opening).sum(-1).clamp(min=0)
        return self._together(curves, self._shift(missing) + self._shift(lips) * parted)

    def _to_teeth(self, curves: Tensor, away: Tensor, wanted: Tensor) -> Tensor:
        """Blend towards the bite, by the share of the lower lip's way that is missing."""
        missing = (1 - NEAR / _smallest(away).clamp(min=1e-6)).clamp(min=0)
        return curves + self._shift(wanted * missing)[..., None] * (self.bite - curves)

    def _together(self, curves: Tensor, missing: Tensor) -> Tensor:
        """Lower the opening by what is missing: first by the jaw, then the lips' parting, the rest by `mouthClose`.

        Shapes that widen or round the mouth keep their weights.
        """
        opening = (curves * self.opening).sum(-1)
        above = (opening - CLOSED).clamp(min=0)
        left = torch.minimum(missing, above)
        curves = curves.clone()
        jaw = torch.minimum(left, (curves[..., self._jaw] * self.opening[self._jaw] - JAW).clamp(min=0))
        curves[..., self._jaw] -= jaw / self.opening[self._jaw]
        left = left - jaw
        parting = (curves[..., self._parting] * self.opening[self._parting]).sum(-1)
        share = (left / parting.clamp(min=1e-6)).clamp(max=1)
        curves[..., self._parting] *= 1 - share[..., None]
        left = left - share * parting
        curves[..., self._close] -= left / self.opening[self._close]
        return curves.clamp(0, 1)

    def _shift(self, missing: Tensor) -> Tensor:
        """Spread [B, T] along the course: each frame's largest share of what is missing around it."""
        around = F.pad(missing, (COURSE, COURSE)).unfold(-1, 2 * COURSE + 1, 1)
        return (around * self.course).amax(-1)


def _steadied(curves: Tensor) -> Tensor:
    """Curves [B, T, C] with a little of each frame's neighbours: what is learned frame by frame trembles."""
    before, after = curves[:, :1], curves[:, -1:]
    around = torch.cat([before, curves[:, :-1]], 1) + torch.cat([curves[:, 1:], after], 1)
    return (1 - 2 * NEIGHBOUR) * curves + NEIGHBOUR * around


def _smallest(distance: Tensor) -> Tensor:
    """Smallest of each frame [B, T] and the `SEARCH` frames on either side."""
    return -F.max_pool1d(-distance, 2 * SEARCH + 1, stride=1, padding=SEARCH)


def _ramp(probability: Tensor) -> Tensor:
    return minimum_jerk(probability / DOUBT - 1)
