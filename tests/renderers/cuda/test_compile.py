"""What the simulator does not do: infer types and generate code."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(importlib.util.find_spec("numba_cuda") is None, reason="needs numba-cuda")
def test_every_kernel_compiles(checkout):
    script = Path(__file__).with_name("compile_all.py")
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    sources = "\n".join(path.read_text() for path in (checkout / "renderers" / "cuda").glob("*.py"))
    assert done.stdout.split() == sorted(re.findall(r"@kernel\ndef (\w+)", sources))
