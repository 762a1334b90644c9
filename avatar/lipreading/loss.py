"""Two mouths are alike when a lip-reader sees the same in them."""

from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from avatar.lipreading.reader import LipReader
from avatar.losses.checks import check_alike


class LipReadingLoss(nn.Module):
    """Distance between what a lip-reader sees in two picture sequences.

    It forgives what a viewer forgives (a wider smile, another speaker's lips) and punishes what makes another word of
    it. Draw both sequences with `MouthPictures` and the same appearance, or one of them from film.

    Args:
        reader: whose features are compared; a module's weights are frozen.

    Source:
        Filntisis et al. (2022). Visual speech-aware perceptual 3D facial expression reconstruction from videos
        (SPECTRE), the lip-reading loss of section 3.3.
    """

    def __init__(self, reader: LipReader) -> None:
        super().__init__()
        if isinstance(reader, nn.Module):
            reader.eval().requires_grad_(False)
        self.reader = reader

    def forward(self, pictures: Tensor, target: Tensor) -> Tensor:
        """Compare.

        Args:
            pictures: [B, T, H, W] grey, about 0..1, at the reader's frame rate.
            target: the same shape.

        Returns:
            1 minus the cosine of the features' angle, mean over the frames: 0 where the reader sees the same, at most
            2. Differentiable in the pictures.

        Raises:
            ValueError: a shape does not fit.
        """
        check_alike("pictures", pictures, "target", target)
        seen, wanted = self.reader.features(pictures), self.reader.features(target)
        return (1 - cosine_similarity(seen, wanted, dim=-1)).mean()
