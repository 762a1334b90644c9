"""`python -m avatar` is the `avatar` command."""

import sys

from avatar.cli import main

if __name__ == "__main__":
    sys.exit(main())
