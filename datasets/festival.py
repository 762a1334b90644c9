"""Festival (permissive licence) as a corpus voice: it can list where each of its phones ends."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from avatar.datasets.phones import FESTIVAL, FINNISH, RUSSIAN, from_table, join
from avatar.datasets.synthesis import MissingToolError, Synthesis, Voice, read_wav

VOICES = {
    "slt_hts": "cmu_us_slt_arctic_hts",
    "kal": "kal_diphone",
    "ked": "ked_diphone",
    "nsh": "msu_ru_nsh_clunits",
    "mv": "hy_fi_mv_diphone",
    "lj": "suo_fi_lj_diphone",
}
"""Our names, and Festival's."""

PACKAGES = (
    "festival festvox-us-slt-hts festvox-kallpc16k festvox-kdlpc16k festvox-ru festvox-suopuhe-mv festvox-suopuhe-lj"
)

TABLES = {"English": FESTIVAL, "Russian": RUSSIAN, "Finnish": FINNISH}
"""The phones of each language."""

ENCODINGS = {"English": "utf-8", "Russian": "utf-8", "Finnish": "iso-8859-1"}
"""How Festival reads each language."""

_SCRIPT = """
(set! failed nil)
({voice})
(Parameter.set 'Duration_Stretch {stretch:.4f})
(if (and {english} (boundp 'int_lr_params))
    (set! int_lr_params
          (list (list 'target_f0_mean {pitch:.2f}) (list 'target_f0_std 14)
                (list 'model_f0_mean 170) (list 'model_f0_std 34))))
(set! utterance (utt.synth (eval (list 'Utterance 'Text "{text}"))))
(utt.save.wave utterance "{sound}" 'riff)
(let ((out (fopen "{segments}" "w")))
  (mapcar (lambda (s) (format out "%s %f\\n" (item.name s) (item.feat s "end")))
          (utt.relation.items utterance 'Segment))
  (fclose out))
"""


class Festival:
    """The festival program; see the module."""

    licence = "Festival's own, X11-like"

    def __init__(self) -> None:
        program = shutil.which("festival")
        if program is None:
            raise MissingToolError(f"the corpus needs the program festival; apt-get install {PACKAGES}")
        self._program = program

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float = 1.0) -> Synthesis:
        """Speak a text; see `Synthesizer.speak`. The HTS voice keeps its own pitch."""
        (name,) = voice.styles
        with tempfile.TemporaryDirectory() as folder:
            script, sound, segments = (Path(folder) / file for file in ("speak.scm", "speech.wav", "segments"))
            script.write_text(
                _SCRIPT.format(
                    voice=f"voice_{VOICES[name]}",
                    stretch=1 / speed,
                    english="t" if voice.language == "English" else "nil",
                    pitch=105 * pitch,
                    text=text.replace("\\", " ").replace('"', " "),
                    sound=sound.as_posix(),
                    segments=segments.as_posix(),
                ),
                ENCODINGS[voice.language],
            )
            done = subprocess.run(
                [self._program, "-b", str(script)], check=False, capture_output=True, text=True, errors="replace"
            )
            if not segments.exists():
                raise MissingToolError(
                    f"festival could not speak with {VOICES[name]}; apt-get install {PACKAGES}. "
                    f"It said: {done.stderr.strip()[-300:]}"
                )
            samples = read_wav(sound)
            listed = segments.read_text("iso-8859-1")
        return Synthesis(samples, join(read_segments(listed, TABLES[voice.language])))


def read_segments(listed: str, table: dict[str, str] = FESTIVAL) -> list[tuple[str, float, float]]:
    """Read "pau 0.22" a line into (symbol, start, end) in seconds; a colon after a phone marks a long one."""
    pieces = []
    start = 0.0
    for line in listed.splitlines():
        name, end = line.split()
        pieces.append((from_table(name.rstrip(":") or name, table), start, float(end)))
        start = float(end)
    return pieces
