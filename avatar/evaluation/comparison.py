"""Systems judged side by side on the same recordings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from avatar.animation import Animation
from avatar.articulation.phone_files import read_phones
from avatar.articulation.phones import Phone
from avatar.audio import Sound, load_audio
from avatar.evaluation.baseline import ENVELOPES, envelope_animations
from avatar.evaluation.face import Face, Mask
from avatar.evaluation.judgement import Judgement, judge
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.pairing import Case
from avatar.evaluation.recording import Driven, Reader, Recording, face_of
from avatar.evaluation.surface import surface_errors
from avatar.export.head import shipped_head

REFERENCE = "reference"
"""Heading of the reference, judged by what needs none."""

_TOLERANCE = 0.1  # seconds by which lengths may differ


@dataclass(frozen=True)
class Comparing:
    """How recordings are read and compared.

    Args:
        read: reads clips.
        read_reference: reads references.
        fps: frame rate to which all are brought; None leaves them as they are, which must then be alike.
        overlap: compare what clip and reference share if their lengths differ.
        lips: mask of the lip errors; the rig's own when None.
        upper_face: mask of the upper face; the rig's own when None.
    """

    read: Reader = Reader()  # noqa: RUF009  # frozen
    read_reference: Reader = Reader()  # noqa: RUF009
    fps: float | None = None
    overlap: bool = False
    lips: Mask | None = None
    upper_face: Mask | None = None

    def masks(self, face: Face) -> dict[str, Mask]:
        """Which masks the vertex errors of a rig are measured on."""
        found = {"LVE": self.lips or face.lips, "FDD": self.upper_face or face.upper_face}
        everything = Mask("all", np.arange(len(face.rest)))
        for mask in filter(None, found.values()):
            if mask.vertices.max() >= len(face.rest):
                raise ValueError(
                    f"{mask.name} must hold vertex numbers under {len(face.rest)}, as many as the rig has, "
                    f"got {mask.vertices.max()}"
                )
        return {name: mask for name, mask in found.items() if mask is not None} | {"MVE": everything}


@dataclass
class Scene:
    """One recording with all that was measured of it, for a table and a plot.

    Args:
        name: of the recording.
        motions: mouths by heading; the reference and the envelopes among them.
        curves: animations by heading, of those that are.
        judgements: by heading.
        sound: its sound.
        phones: what is said when.
        masks: of the vertex errors.
    """

    name: str
    motions: dict[str, MouthMotion] = field(default_factory=dict)
    curves: dict[str, Animation] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    sound: Sound | None = None
    phones: tuple[Phone, ...] = ()
    masks: dict[str, Mask] = field(default_factory=dict)


def compare(systems: Mapping[str, Sequence[Case]], how: Comparing) -> list[Scene]:
    """Judge each system on each of its recordings.

    Args:
        systems: cases by heading; see `avatar.evaluation.pairing.pair`.
        how: reads and compares.

    Returns:
        A scene for each recording, in order of appearance.

    Raises:
        OSError, ValueError: a file cannot be read, or clip and reference do not fit each other.
    """
    scenes: dict[str, Scene] = {}
    for heading, cases in systems.items():
        for case in cases:
            _judge_case(scenes.setdefault(case.scene, Scene(case.scene)), heading, case, how)
    return list(scenes.values())


def pooled(scenes: Sequence[Scene]) -> dict[str, Judgement]:
    """The judgements of all recordings together, by heading: systems, then reference and envelopes."""
    total: dict[str, Judgement] = {}
    for scene in scenes:
        for heading, judgement in scene.judgements.items():
            total[heading] = total.get(heading, Judgement()) + judgement
    last = (REFERENCE, *ENVELOPES)
    return {
        **{heading: judgement for heading, judgement in total.items() if heading not in last},
        **{heading: total[heading] for heading in last if heading in total},
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """How a recording should move."""

    recording: Recording
    motion: MouthMotion


def _judge_case(scene: Scene, heading: str, case: Case, how: Comparing) -> None:
    clip = how.read(case.clip)
    clip = clip if how.fps is None else clip.resample(how.fps)
    path = case.audio or clip.audio
    scene.sound = scene.sound or (None if path is None else load_audio(path))
    scene.phones = scene.phones or _phones(case, scene.sound)
    target = None
    if case.reference is not None:
        reference = how.read_reference(case.reference)
        reference = reference if how.fps is None else reference.resample(how.fps)
        clip, reference = _alike(clip, reference, case, overlap=how.overlap)
        target = _Target(reference, _motion(reference, case.reference))
        _keep(scene, REFERENCE, reference, target.motion)
        scene.judgements.setdefault(REFERENCE, judge(target.motion, scene.phones))
    motion = _motion(clip, case.clip)
    _keep(scene, heading, clip, motion)
    try:
        scene.judgements[heading] = _judge(clip, motion, target, scene, how)
    except ValueError as error:
        raise ValueError(f"{case.clip}: {error}") from None
    _judge_envelopes(scene, motion.fps, target, how)


def _motion(recording: Recording, path: Path) -> MouthMotion:
    try:
        return recording.motion()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _phones(case: Case, sound: Sound | None) -> tuple[Phone, ...]:
    """Read, or found in the sound by its text."""
    if case.phones is not None:
        return read_phones(case.phones)
    if case.text is None:
        return ()
    if sound is None:
        raise ValueError(f"{case.text} can only be aligned with sound, and {case.clip} has none; give it with --audio")
    from avatar.alignment import align

    return align(sound.samples, case.text.read_text("utf-8-sig")).phones


def _judge_envelopes(scene: Scene, fps: float, target: _Target | None, how: Comparing) -> None:
    """The envelopes by what the clip was judged by, once a scene."""
    if scene.sound is None or any(heading in scene.judgements for heading in ENVELOPES):
        return
    head = shipped_head()
    face = face_of(head)
    sound = scene.sound
    for heading, animation in envelope_animations(sound.samples, sample_rate=sound.sample_rate, fps=fps).items():
        if not len(animation):
            return
        # The sound may be a little shorter than what was captured: its last frame holds.
        held = animation if target is None else animation.resample(fps, frames=len(target.recording))
        motion = scene.motions[heading] = mouth_motion(held, head)
        scene.judgements[heading] = _judge(Driven(held, head, face), motion, target, scene, how)


def _judge(clip: Recording, motion: MouthMotion, target: _Target | None, scene: Scene, how: Comparing) -> Judgement:
    """Everything that can be measured of a clip."""
    if target is None:
        return judge(motion, scene.phones)
    judgement = judge(motion, scene.phones, target.motion)
    # Vertices can only be compared on one rig.
    return judgement + _surface(clip, target.recording, scene, how) if clip.face is target.recording.face else judgement


def _keep(scene: Scene, heading: str, recording: Recording, motion: MouthMotion) -> None:
    scene.motions[heading] = motion
    if isinstance(recording, Driven):
        scene.curves[heading] = recording.animation


def _alike(clip: Recording, reference: Recording, case: Case, *, overlap: bool) -> tuple[Recording, Recording]:
    """Both at one rate and length."""
    if 0 < abs(clip.fps - reference.fps) < 1e-3 * reference.fps:  # read off time codes
        clip = clip.resample(reference.fps)
    if clip.fps != reference.fps:
        raise ValueError(
            f"{case.clip} and {case.reference} must have one frame rate, got {clip.fps:g} and {reference.fps:g}; "
            "bring both to one, for example with --fps 60"
        )
    ours, theirs = len(clip) / clip.fps, len(reference) / reference.fps
    if abs(ours - theirs) > max(_TOLERANCE, 2 / reference.fps) and not overlap:
        raise ValueError(
            f"{case.clip} and {case.reference} must last equally long, got {ours:.2f} and {theirs:.2f} s; "
            "compare what they share with --overlap"
        )
    frames = min(len(clip), len(reference))
    return clip.first(frames), reference.first(frames)


def _surface(clip: Recording, reference: Recording, scene: Scene, how: Comparing) -> Judgement:
    """Vertex errors, of recordings on one rig."""
    scene.masks = how.masks(clip.face)
    rows = {name: mask.vertices for name, mask in scene.masks.items()}
    errors = surface_errors(
        clip.pieces(),
        reference.pieces(),
        neutral=clip.neutral,
        reference_neutral=reference.neutral,
        lips=rows.get("LVE"),
        upper_face=rows.get("FDD"),
    )
    return Judgement(surface=errors)
