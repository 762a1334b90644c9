"""The package as a whole: what it promises, what it ships, what it imports."""

import subprocess
import sys
import tomllib

import pytest

import avatar

PUBLIC = ["ARKIT", "Animation", "Animator", "Control", "ControlSpace", "load_animation"]


def test_public_names_are_kept():
    assert sorted(avatar.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(avatar, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        avatar.nothing  # noqa: B018
    assert set(PUBLIC) <= set(dir(avatar))


def test_public_methods_are_kept():
    animation = {name for name in dir(avatar.Animation) if not name.startswith("_")}
    assert animation >= {
        "clamp",
        "concatenate",
        "duration",
        "from_curves",
        "load",
        "mix",
        "out_of_range",
        "resample",
        "save",
        "slice",
        "times",
        "with_curves",
    }
    assert {name for name in dir(avatar.Animator) if not name.startswith("_")} >= {"animate", "load", "stream"}


def test_every_folder_with_code_is_packaged(checkout):
    """A folder missing from the list would be silently absent from the wheel."""
    settings = tomllib.loads((checkout / "pyproject.toml").read_text())["tool"]["setuptools"]
    homes = {"avatar": "avatar", "rigs": "avatar.rigs", "renderers": "avatar.renderers", "datasets": "avatar.datasets"}
    found = {
        ".".join([package, *init.parent.relative_to(checkout / folder).parts])
        for folder, package in homes.items()
        for init in (checkout / folder).rglob("__init__.py")
    }
    assert sorted(settings["packages"]) == sorted(found)
    mapped = {
        package: settings["package-dir"].get(package)
        for package in found
        if package.split(".")[1:2] in (["rigs"], ["renderers"], ["datasets"])
    }
    for package, folder in mapped.items():
        assert folder == "/".join(package.split(".")[1:]), f"{package} needs a line in package-dir"


def test_every_folder_with_code_says_so(checkout):
    """Python would import a folder without __init__.py, but the wheel would lack it."""
    for folder in ("avatar", "rigs", "renderers", "datasets"):
        for file in (checkout / folder).rglob("*.py"):
            assert (file.parent / "__init__.py").is_file(), f"{file.parent} needs an __init__.py"


def test_version_is_that_of_the_project(checkout):
    assert tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"] == avatar.__version__


@pytest.mark.parametrize(
    "statement",
    [
        "import avatar",
        "from avatar.cli import main; assert main(['--help']) == 0",
        "import avatar.audio",
        "import avatar.animator, avatar.articulation, avatar.behaviour",
    ],
)
def test_torch_and_numba_wait_until_they_are_needed(statement):
    check = "import sys; heavy = {'torch', 'numba', 'scipy'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    done = subprocess.run([sys.executable, "-c", f"{statement}\n{check}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
