"""Compiling happens once and says so."""

import logging
import os
import subprocess
import sys

import avatar.renderers
from avatar.renderers import kernel as kernel_module
from avatar.renderers import needs_compiling, warm_up


def test_after_warming_up_nothing_is_left_to_compile():
    warm_up()
    assert not needs_compiling()


def test_another_process_finds_the_machine_code():
    warm_up()
    code = "from avatar.renderers import needs_compiling; print(needs_compiling())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_an_empty_cache_needs_compiling(tmp_path):
    code = "from avatar.renderers import needs_compiling; print(needs_compiling())"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "True"


def test_says_so_only_when_it_compiles(monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    warm_up()
    assert "compiling" not in caplog.text
    monkeypatch.setattr(avatar.renderers.warm_up.__globals__["logging"].getLogger(), "disabled", False)
    monkeypatch.setitem(warm_up.__globals__, "needs_compiling", lambda: True)
    warm_up()
    assert "compiling the renderer (once, about" in caplog.text


def test_compiles_without_a_place_for_the_cache(monkeypatch):
    def nowhere(*_, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(kernel_module.numba, "njit", nowhere)
    assert kernel_module._cached(len) is len
