"""What the speech model is punished for, in the units that a viewer sees: millimetres of lip."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatar.articulation.phones import BILABIAL, LABIODENTAL
from avatar.rigs import BuiltInHead
from avatar.speech.decoder import Decoded
from avatar.speech.model import SpeechConfig
from avatar.training.batches import Batch


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts; each is a share of the teacher's own movement, so that all are of one size.

    Args:
        curves: error of the curves, each in its standard deviations.
        lips: distance of the lips' points.
        gap: error of the lips' opening.
        teeth: error of the lower lip's height, which f and v need.
        speed: error of the lip points' motion from frame to frame.
        phones: cross entropy of the phone classes, in nats.
        contact: how many times more frames of p b m f v count.
    """

    curves: float = 1.0
    lips: float = 1.0
    gap: float = 1.0
    teeth: float = 0.5
    speed: float = 1.5
    phones: float = 0.5
    contact: float = 3.0


@dataclass(frozen=True)
class Movement:
    """How far the lips usually are from their mean, in mm: the units of the loss.

    Args:
        lips: of a lip point.
        gap: of the lips' opening.
    """

    lips: float = 2.0
    gap: float = 3.4


class LipLoss(nn.Module):
    """Distance of a model's answer from the teacher's, on the head's lips.

    The head is linear in its shapes, so a difference of curves is a difference of points.

    Args:
        rig: the head on which millimetres are measured.
        config: of the model, which names its curves and phones.
        scale: [C] standard deviation of each curve; by default 1.
        weights: how much each part counts.
        movement: the units of the loss.
    """

    points: Tensor
    gap: Tensor
    lower: Tensor
    touching: Tensor
    scale: Tensor

    def __init__(
        self,
        rig: BuiltInHead,
        config: SpeechConfig,
        scale: Tensor | None = None,
        *,
        weights: LossWeights | None = None,
        movement: Movement | None = None,
    ) -> None:
        super().__init__()
        self.weights, self.movement = weights or LossWeights(), movement or Movement()
        poses = torch.eye(len(rig.space))[rig.space.indices(config.controls)]
        with torch.no_grad():
            shapes = 1000 * (rig(poses) - rig(torch.zeros(1, len(rig.space))))
        self.register_buffer("points", shapes[:, rig.regions["lips"]].contiguous())
        upper, lower = (shapes[:, rig.regions[f"{lip}_lip_middle"], 1].mean(1) for lip in ("upper", "lower"))
        self.register_buffer("gap", upper - lower)
        self.register_buffer("lower", shapes[:, rig.regions["lower_lip_rim"], 1].mean(1))
        touching = torch.tensor([symbol in BILABIAL | LABIODENTAL for symbol in config.phones])
        self.register_buffer("touching", touching.float())
        self.register_buffer("scale", torch.ones(len(config.controls)) if scale is None else scale.clone())

    def forward(self, decoded: Decoded, batch: Batch) -> dict[str, Tensor]:
        """Parts of the loss by name, each with its weight already in it; their sum is to be minimised.

        Args:
            decoded: the model's answer.
            batch: what it was asked, and the teacher's answer.
        """
        weights, error = self.weights, decoded.curves.float() - batch.curves
        emphasis = 1 + weights.contact * self.touching[batch.phones]
        emphasis = emphasis / emphasis.mean()
        moved = (error @ self.points.flatten(1)).reshape(*error.shape[:2], *self.points.shape[1:]) / self.movement.lips
        speed = moved[:, 1:] - moved[:, :-1]
        return {
            "curves": weights.curves * (emphasis * _size(error / self.scale).mean(-1)).mean(),
            "lips": weights.lips * (emphasis * _length(moved).mean(-1)).mean(),
            "gap": weights.gap * (emphasis * _size(error @ self.gap / self.movement.gap)).mean(),
            "teeth": weights.teeth * (emphasis * _size(error @ self.lower / self.movement.gap)).mean(),
            "speed": weights.speed * _length(speed).mean(),
            "phones": weights.phones * F.cross_entropy(decoded.phones.float().flatten(0, 1), batch.phones.flatten()),
        }


def _size(values: Tensor) -> Tensor:
    """Absolute value, rounded off under a tenth so that small errors end in small steps."""
    return F.smooth_l1_loss(values, torch.zeros_like(values), reduction="none", beta=0.1)


def _length(vectors: Tensor) -> Tensor:
    # The small constant keeps the gradient finite where the error is exactly zero.
    return (vectors.square().sum(-1) + 1e-4).sqrt()
