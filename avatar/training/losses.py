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
    """How much each part counts.

    Args:
        curves: mean absolute error of the curves, each in units of its control.
        lips: mean distance of the lips' points, in mm.
        gap: mean absolute error of the lips' opening, in mm.
        speed: mean absolute error of the lip points' motion from frame to frame, in mm.
        phones: cross entropy of the phone classes, in nats.
        contact: how many times more frames of p b m f v count.
    """

    curves: float = 5.0
    lips: float = 0.5
    gap: float = 0.3
    speed: float = 1.0
    phones: float = 0.15
    contact: float = 3.0


class LipLoss(nn.Module):
    """Distance of a model's answer from the teacher's, on the head's lips.

    The head is linear in its shapes, so a difference of curves is a difference of points.

    Args:
        rig: the head on which millimetres are measured.
        config: of the model, which names its curves and phones.
        weights: how much each part counts.
    """

    points: Tensor
    gap: Tensor
    touching: Tensor

    def __init__(self, rig: BuiltInHead, config: SpeechConfig, weights: LossWeights | None = None) -> None:
        super().__init__()
        self.weights = weights or LossWeights()
        poses = torch.eye(len(rig.space))[rig.space.indices(config.controls)]
        with torch.no_grad():
            shapes = 1000 * (rig(poses) - rig(torch.zeros(1, len(rig.space))))
        self.register_buffer("points", shapes[:, rig.regions["lips"]].contiguous())
        upper, lower = (shapes[:, rig.regions[f"{lip}_lip_middle"], 1].mean(1) for lip in ("upper", "lower"))
        self.register_buffer("gap", upper - lower)
        touching = torch.tensor([symbol in BILABIAL | LABIODENTAL for symbol in config.phones])
        self.register_buffer("touching", touching.float())

    def forward(self, decoded: Decoded, batch: Batch) -> dict[str, Tensor]:
        """Parts of the loss by name, each with its weight already in it; their sum is to be minimised.

        Args:
            decoded: the model's answer.
            batch: what it was asked, and the teacher's answer.
        """
        weights, error = self.weights, decoded.curves.float() - batch.curves
        emphasis = 1 + weights.contact * self.touching[batch.phones]
        emphasis = emphasis / emphasis.mean()
        moved = (error @ self.points.flatten(1)).reshape(*error.shape[:2], *self.points.shape[1:])
        speed = moved[:, 1:] - moved[:, :-1]
        return {
            "curves": weights.curves * (emphasis[..., None] * error.abs()).mean(),
            "lips": weights.lips * (emphasis * _length(moved).mean(-1)).mean(),
            "gap": weights.gap * (emphasis * (error @ self.gap).abs()).mean(),
            "speed": weights.speed * _length(speed).mean(),
            "phones": weights.phones * F.cross_entropy(decoded.phones.float().flatten(0, 1), batch.phones.flatten()),
        }


def _length(vectors: Tensor) -> Tensor:
    # The small constant keeps the gradient finite where the error is exactly zero.
    return (vectors.square().sum(-1) + 1e-8).sqrt()
