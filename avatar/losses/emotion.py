"""Two faces are alike when somebody who reads emotions sees the same in them."""

from typing import Protocol

from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from avatar.losses.checks import check_alike


class FaceReader(Protocol):
    """Anything that looks at faces and says what it sees, in numbers that can be compared."""

    def features(self, pictures: Tensor) -> Tensor:
        """Features [B, T, F] of grey pictures [B, T, H, W], about 0..1; differentiable in the pictures."""
        ...


class EmotionPerceptualLoss(nn.Module):
    """Distance between what a reader of emotions sees in two picture sequences; features compare, not labels.

    Draw both sequences with `avatar.emotion_reading.FacePictures` and the same appearance, or one of them from film.

    Args:
        reader: whose features are compared, such as `avatar.emotion_reading.EmotionReader`; a module's weights are
            frozen.
        sequence: compare the mean over each sequence, which the same face saying something else has as well, and not
            picture by picture.

    Source:
        Danecek, Black and Bolkart (2022). EMOCA: emotion driven monocular face capture and animation, the emotion
        consistency loss, with angles in place of distances; Danecek et al. (2023). Emotional speech-driven animation
        with content-emotion disentanglement (EMOTE), for whole sequences.
    """

    def __init__(self, reader: FaceReader, *, sequence: bool = False) -> None:
        super().__init__()
        if isinstance(reader, nn.Module):
            reader.eval().requires_grad_(False)
        self.reader, self.sequence = reader, sequence

    def forward(self, pictures: Tensor, target: Tensor) -> Tensor:
        """Compare.

        Args:
            pictures: [B, T, H, W] grey, about 0..1.
            target: the same shape; with `sequence` T may differ.

        Returns:
            1 minus the cosine of the features' angle, mean over pictures or sequences: 0 where the reader sees the
            same, at most 2. Differentiable in the pictures.

        Raises:
            ValueError: a shape does not fit.
        """
        if self.sequence:
            check_alike("pictures' first frames", pictures[:, :1], "target's", target[:, :1])
        else:
            check_alike("pictures", pictures, "target", target)
        seen, wanted = self.reader.features(pictures), self.reader.features(target)
        if self.sequence:
            seen, wanted = seen.mean(1), wanted.mean(1)
        return (1 - cosine_similarity(seen, wanted, dim=-1)).mean()
