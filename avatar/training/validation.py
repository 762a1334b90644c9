"""How good a speech model is on utterances that it never learned from."""

from collections.abc import Iterable
from dataclasses import dataclass

from avatar.articulation.model import articulate_recording
from avatar.datasets.corpus import Utterance
from avatar.evaluation.average import Average, Pooled
from avatar.evaluation.contacts import Demands
from avatar.evaluation.judgement import judge
from avatar.evaluation.motion import mouth_motion
from avatar.rigs import BuiltInHead
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.speech.model import SpeechModel


@dataclass(frozen=True)
class Validation(Pooled):
    """Correlations with the teacher at no lag, and the demands of the phones.

    Args:
        opening: correlation of the mouth's opening.
        width: of its width.
        protrusion: of the upper lip's protrusion.
        demands: closures, false closures, silence.
    """

    opening: Average = Average()  # noqa: RUF009  # frozen
    width: Average = Average()  # noqa: RUF009
    protrusion: Average = Average()  # noqa: RUF009
    demands: Demands = Demands()  # noqa: RUF009

    def __str__(self) -> str:
        shares = self.demands
        return (
            f"opening r0 {self.opening.value:.3f}, width r0 {self.width.value:.3f}, "
            f"protrusion r0 {self.protrusion.value:.3f}, p b m closed {shares.closure.value:.1%}, "
            f"f v at teeth {shares.at_teeth.value:.1%}, false closure {shares.false_closure.value:.1%}, "
            f"silence {shares.silence_opening.value:.2f} mm"
        )


def validate(
    model: SpeechModel, utterances: Iterable[Utterance], rig: BuiltInHead, *, lookahead: float | None = None
) -> Validation:
    """Judge a model against the teacher.

    Args:
        model: in evaluation mode.
        utterances: held out.
        rig: on which millimetres are measured.
        lookahead: seconds that the model looks ahead; None is everything.
    """
    total = Validation()
    for utterance in utterances:
        ours = mouth_motion(model.predict(utterance.samples, lookahead=lookahead), rig)
        asked = articulate_recording(
            utterance.phones, utterance.samples, SAMPLE_RATE, fps=FPS, frames=len(ours.opening)
        )
        found = judge(ours, utterance.phones, mouth_motion(asked, rig))
        total += Validation(found.opening.r0, found.width.r0, found.protrusion.r0, found.demands)
    return total
