"""`avatar send`: curves to Unreal, as a phone would send them."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True, kw_only=True)
class Send:
    """Send curves by UDP as the Live Link Face app does, in step with the clock. Ctrl-C stops.

    avatar send talk.csv

    avatar send talk.npz --host 192.168.1.20 --subject Anna --loop

    Args:
        clip: The curves: any file that avatar reads, such as Live Link Face .csv or .npz.
        host: Name or address of the computer that listens.
        port: Its port.
        subject: What Unreal's Live Link panel calls the face.
        loop: Begin anew at the end.
        fps: Frames per second; the clip's when left out.
    """

    clip: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="CLIP")]
    host: str = "127.0.0.1"
    port: int = 11111
    subject: str = "Avatar"
    loop: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    fps: float | None = None

    def run(self) -> int:
        """Check everything, then send."""
        from avatar.animation import check_fps
        from avatar.controls import ARKIT
        from avatar.export.conversion import in_space
        from avatar.export.livelink_sender import send
        from avatar.export.reading import load_animation

        if self.fps is not None:
            check_fps(self.fps, "--fps")
        clip = in_space(load_animation(Path(self.clip)), ARKIT, f"send {self.clip}")
        if self.fps is not None:
            clip = clip.resample(self.fps)
        sent = send(clip, host=self.host, port=self.port, subject=self.subject, loop=self.loop)
        sys.stdout.write(f"{self.clip} -> {self.host}:{self.port}, {sent.packets} packets\n")
        return 0
