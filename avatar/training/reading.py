"""Whether a model's answer reads like the teacher's: both are drawn, and a lip-reader watches."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from avatar.lipreading import Appearance, LipReadingLoss, MouthPictures, PhoneReader
from avatar.rigs import BuiltInHead
from avatar.speech.lookahead import FPS
from avatar.speech.model import SpeechConfig


class ReadingLoss(nn.Module):
    """The lip-reading loss between a model's curves and the teacher's, on random people in random lights.

    The second stage of a training: the geometry should be about right already (Danecek et al. 2023, EMOTE).

    Args:
        rig: the head that is drawn.
        config: of the model, which names its curves.
        reader: whose features are compared; it is frozen.
        frames: pictures of each clip that are drawn, from anywhere in it.

    Raises:
        ValueError: the reader's frame rate does not go into the model's.

    Source:
        Filntisis et al. (2022), SPECTRE, section 3.3.
    """

    select: Tensor

    def __init__(self, rig: BuiltInHead, config: SpeechConfig, reader: PhoneReader, *, frames: int = 40) -> None:
        super().__init__()
        every = FPS / reader.fps
        if every != int(every):
            raise ValueError(
                f"the reader's pictures must be a whole number of frames apart, got {every:g} at {FPS} fps"
            )
        self.rig, self.every, self.frames = rig, int(every), frames
        self.loss, self.pictures = LipReadingLoss(reader), MouthPictures(rig, reader.config.size)
        self.register_buffer("select", torch.eye(len(rig.space))[rig.space.indices(config.controls)])

    def forward(self, curves: Tensor, wanted: Tensor, rng: np.random.Generator) -> Tensor:
        """Compare.

        Args:
            curves: [B, T, C] the model's, at `FPS`.
            wanted: the same of the teacher.
            rng: draws people, lights, cameras and the part that is seen.

        Returns:
            1 minus the cosine of what the reader sees, mean over the frames.
        """
        batch, last = len(curves), curves.shape[1] - self.frames * self.every
        firsts = rng.integers(max(last, 0) + 1, size=batch)
        looks = [replace(Appearance.sample(rng), noise=0.0, blur=0.0) for _ in range(batch)]
        identity = torch.cat([
            self.rig.sample_identity(torch.Generator().manual_seed(int(rng.integers(2**31)))) for _ in range(batch)
        ])  # fmt: skip
        neutral = self.rig.neutral(identity)

        def drawn(answer: Tensor) -> Tensor:
            seen = torch.stack([
                clip[first : first + self.frames * self.every : self.every]
                for clip, first in zip(answer, firsts.tolist(), strict=True)
            ])  # fmt: skip
            people = identity.repeat_interleave(seen.shape[1], 0)
            vertices = self.rig(seen.flatten(0, 1) @ self.select, people)
            clips = vertices.reshape(*seen.shape[:2], *vertices.shape[1:])
            pictures: Tensor = self.pictures(clips, looks, neutral=neutral)
            return pictures

        with torch.no_grad():
            target = drawn(wanted)
        loss: Tensor = self.loss(drawn(curves.float()), target)
        return loss
