"""`avatar animate`: recordings to videos and curves."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from avatar.cli.feelings import Feelings
from avatar.cli.life import Life
from avatar.cli.look import Look, Outputs
from avatar.cli.side_files import named
from avatar.cli.words import Words, is_phones

if TYPE_CHECKING:
    from avatar.animator import Animator
    from avatar.audio import Sound
    from avatar.export import ExportOptions


@dataclass(frozen=True, kw_only=True)
class Animate(Look, Life):
    """Animate recordings of speech.

    Each output's extension picks its format: .mp4 video with sound, .mov or .webm video with alpha, .csv Live Link
    Face curves, .glb head with morph targets and animation, .npz curves for Python, .png one picture (or, with %04d in
    the name, one a frame). avatar info lists all: Blender, Unreal, Unity, USD, VRM, Audio2Face ...

    avatar animate talk.wav -o talk.mp4 talk.csv talk.glb

    avatar animate talk.wav --emotion happy:0.7 -o talk.mp4

    avatar animate talk.wav --emotion auto -o talk.mp4 --save-emotion talk.json

    avatar animate recordings/ -o "out/{name}.mp4" "out/{name}.csv"

    avatar animate talk.wav --text talk.txt -o talk.mp4 --save-phones talk.TextGrid

    avatar animate phones.TextGrid -o talk.mp4

    Args:
        inputs: Recordings (wav, flac, mp3, ogg, m4a, the sound of a video) or folders of them; or phones with times
            and no sound (TextGrid, lab, json, csv, tsv).
        output: Files to write; with several recordings, {name} stands for the recording's.
        fps: Frames per second.
        text: What is said, in English: a text file or the words themselves. Lips then close exactly where they must.
        phones: A file of phones with times (TextGrid, lab, json, csv, tsv), in place of a text.
        save_phones: A file to write the phones to, with their times (the same formats).
        emotion: What the face shows: happy, sad, angry, surprised, afraid, disgusted, contempt, calm, each with its
            intensity 0..1 (happy:0.7), or together (happy:0.5+surprised:0.3); a file that says when (.json, .csv, or
            Audio2Face's .yml); or auto: what is heard in the voice.
        save_emotion: A file to write the emotions to, with their times (.json): to be changed, and given to --emotion.
        voice_model: A model for --emotion auto that python -m avatar.emotion.voice.train wrote (.safetensors).
        neutral_voice: A recording for --emotion auto of the same speaker, speaking plainly into the same microphone:
            what is heard beside it is surer.
    """

    inputs: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="IN...")]
    output: Outputs
    fps: float = 60.0
    text: Annotated[str | None, tyro.conf.arg(metavar="FILE|WORDS")] = None
    phones: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None
    save_phones: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None
    emotion: Annotated[str | None, tyro.conf.arg(metavar="NAME:0..1|FILE|auto")] = None
    save_emotion: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None
    voice_model: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None
    neutral_voice: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None

    def run(self) -> int:
        """Check everything, then work; one bad recording does not stop the others."""
        from avatar.animation import check_fps
        from avatar.cli.targets import find_recordings, plan

        check_fps(self.fps, "--fps")
        self.chosen_behaviour()
        self.chosen_style()
        recordings = find_recordings(self.inputs)
        words = Words(self.text, self.phones, self.save_phones)
        words.check(recordings)
        feelings = Feelings(self.emotion, self.save_emotion, self.voice_model, self.neutral_voice)
        feelings.check(recordings)
        options = self.options()
        for output in self.output:
            options.check(output)
        beside = (self.phones, self.emotion, self.style, self.neutral_voice)
        read = [Path(named(value, each)) for value in beside if value is not None for each in recordings]
        targets = plan(recordings, self.output, also_read=read)
        words.check_apart(targets, read)
        written = {recording: [*files, *words.saved(recording)] for recording, files in targets.items()}
        feelings.check_apart(written, read)

        from avatar.animator import Animator

        animator = Animator.load()
        if len(recordings) == 1:
            self._animate(animator, recordings[0], targets[recordings[0]], words, feelings, options)
            return 0
        return self._animate_all(animator, targets, words, feelings, options)

    def _animate_all(
        self,
        animator: "Animator",
        targets: dict[Path, list[str]],
        words: Words,
        feelings: Feelings,
        options: "ExportOptions",
    ) -> int:
        from avatar.cli import FAILURE, describe

        failed = 0
        for recording, each in targets.items():
            try:
                self._animate(animator, recording, each, words, feelings, options)
            except (OSError, ValueError) as error:
                failed += 1
                sys.stderr.write(f"avatar: error: {describe(error)}\n")
        if failed:
            sys.stderr.write(f"avatar: {failed} of {len(targets)} recordings failed\n")
        return FAILURE if failed else 0

    def _animate(
        self,
        animator: "Animator",
        recording: Path,
        targets: list[str],
        words: Words,
        feelings: Feelings,
        options: "ExportOptions",
    ) -> None:
        from avatar.animator import animate_phones
        from avatar.export.formats import write

        style, behaviour = self.chosen_style(), self.chosen_behaviour()
        phones = words.phones_of(recording)
        text = words.text_of(recording)
        sound: Path | Sound = recording
        heard = None
        if text is not None or feelings.heard:
            from avatar.audio import load_audio

            sound = heard = load_audio(recording)
        if text is not None and heard is not None:
            from avatar.alignment import align

            phones = align(heard.samples, text).phones
        emotion, said = feelings.of(recording, heard)
        if said:
            sys.stdout.write(f"{recording}: {said}\n")
        if is_phones(recording):
            animation = animate_phones(
                phones or (), fps=self.fps, emotion=emotion, style=style, behaviour=behaviour, seed=self.seed
            )
        else:
            animation = animator.animate(
                sound,
                fps=self.fps,
                emotion=emotion,
                style=style,
                behaviour=behaviour,
                seed=self.seed,
                phones=phones,
            )
        for target in targets:
            write(animation, target, options)
            sys.stdout.write(f"{recording} -> {target} ({animation.duration:.1f} s)\n")
        if saved := words.save_phones(phones or (), recording):
            sys.stdout.write(f"{recording} -> {saved}\n")
        if saved := feelings.save_track(emotion, recording):
            sys.stdout.write(f"{recording} -> {saved}\n")
