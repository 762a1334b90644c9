"""The commands, and how words become one of them."""

from collections.abc import Sequence
from typing import Annotated

import tyro

from avatar.cli.animate import Animate
from avatar.cli.evaluate import Evaluate
from avatar.cli.info import Info
from avatar.cli.render import Render
from avatar.cli.retarget import Retarget
from avatar.cli.rig import DESCRIPTION as RIG_DESCRIPTION
from avatar.cli.rig import Rig
from avatar.cli.send import Send
from avatar.cli.stream import Stream

Command = (
    Annotated[Animate, tyro.conf.subcommand("animate")]
    | Annotated[Render, tyro.conf.subcommand("render")]
    | Annotated[Send, tyro.conf.subcommand("send")]
    | Annotated[Stream, tyro.conf.subcommand("stream")]
    | Annotated[Retarget, tyro.conf.subcommand("retarget")]
    | Annotated[Rig, tyro.conf.subcommand("rig", description=RIG_DESCRIPTION)]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Info, tyro.conf.subcommand("info")]
)

_DESCRIPTION = """Speech in, a talking head and engine curves out.

avatar animate talk.wav -o talk.mp4 talk.csv talk.glb

--version prints the version; --debug shows where an error came from."""


def parse(words: Sequence[str]) -> Animate | Render | Send | Stream | Retarget | Rig | Evaluate | Info:
    """The command that the words ask for.

    Raises:
        SystemExit: help was asked for and printed (0), or the words do not parse (2).
    """
    return tyro.cli(Command, prog="avatar", description=_DESCRIPTION, args=_gather_outputs(words))


def _gather_outputs(words: Sequence[str]) -> list[str]:
    """Let -o be repeated: `-o a.mp4 -o a.csv` means `-o a.mp4 a.csv`, where a parser would keep the last alone.

    Names after `--` that begin with a dash get their folder, which says the same without the dash in front.
    """
    rest: list[str] = []
    outputs: list[str] = []
    taking = False
    for place, word in enumerate(words):
        if word == "--":
            # What follows are names, whatever they begin with; a parser takes no more of them after an option.
            rest += [f"./{name}" if name.startswith("-") else name for name in words[place + 1 :]]
            break
        flag, _, value = word.partition("=")
        if flag in ("-o", "--output"):
            taking = True
            outputs += [value] if value else []
        elif taking and not word.startswith("-"):
            outputs.append(word)
        else:
            taking = False
            rest.append(word)
    return [*rest, "-o", *outputs] if outputs else rest
