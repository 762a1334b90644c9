"""What the pixels of a batch of images see."""

from dataclasses import dataclass, replace

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Fragments:
    """What the pixels of a batch of images see, and of what.

    The first three have no gradient: which triangle a pixel sees does not change smoothly. The operations that take
    fragments (`interpolate`, `edge_gradients`, `antialias`) find their way back to the positions through the last two.

    Attributes:
        triangle_id: [B, H, W] int32, index of the nearest face; -1 where there is none.
        barycentric: [B, H, W, 3], perspective-correct weights of the face's corners, sum 1; 0 where there is none.
        depth: [B, H, W], z / w from -1 (near plane) to 1 (far plane); 1 where there is none.
        position_clip: [B, V, 4] what was drawn, with its gradient history.
        faces: [F, 3] int64, or [B, F, 3] where each image has its own.
    """

    triangle_id: Tensor
    barycentric: Tensor
    depth: Tensor
    position_clip: Tensor
    faces: Tensor

    @property
    def mask(self) -> Tensor:
        """Where something is seen, [B, H, W] bool."""
        return self.triangle_id >= 0

    @property
    def meshes(self) -> Tensor:
        """The faces with a batch axis: [1, F, 3] of all images, or [B, F, 3] of each."""
        return self.faces if self.faces.ndim == 3 else self.faces[None]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.triangle_id.shape[1], self.triangle_id.shape[2]

    @property
    def still(self) -> "Fragments":
        """The same without the positions' gradient history: what is made of them takes the surface as unmoved."""
        return replace(self, position_clip=self.position_clip.detach())
