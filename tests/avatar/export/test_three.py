"""The GLB as three.js shows it in headless Chromium."""

import base64
import io
import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from avatar.controls import ARKIT_SHAPES
from avatar.export import ExportOptions, export
from avatar.export.frames import Portrait
from avatar.export.skeleton import joint_turns, quaternions

FRAME = 7
SIZE = 256
KINDS = {".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".glb": "model/gltf-binary"}
PAGE = Path(__file__).with_name("three_page.html")


@pytest.fixture(scope="module")
def three(checkout):
    """The folder of the npm package three: in AVATAR_THREE, or where `npm install --prefix build three` puts it."""
    folder = Path(os.environ.get("AVATAR_THREE", checkout / "build" / "node_modules" / "three"))
    if not (folder / "build" / "three.module.js").is_file():
        pytest.skip("needs three.js: npm install --prefix build three, or AVATAR_THREE")
    return folder


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the path")
    return program


@pytest.fixture(scope="module")
def portrait():
    return Portrait(ExportOptions(size=SIZE, background="transparent", preset="three-quarter"))


@pytest.fixture(scope="module")
def still(lively):
    """Lids are left aside, as in the tests of GLB: the rig fits them, morph targets only add up. The mouth is open."""
    return lively.with_curves({"eyeBlinkLeft": 0.0, "eyeBlinkRight": 0.0, "jawOpen": 0.6, "tongueOut": 0.0})


@pytest.fixture(scope="module")
def found(still, portrait, three, chromium, tmp_path_factory):
    """What the page found in the GLB at a frame."""
    folder = tmp_path_factory.mktemp("three")
    export(still, folder / "head.glb")
    asked = {
        "time": FRAME / still.fps,
        "width": SIZE,
        "height": SIZE,
        "view": portrait.camera.view.T.reshape(-1).tolist(),
        "projection": portrait.camera.projection((SIZE, SIZE)).T.reshape(-1).tolist(),
    }
    (folder / "asked.json").write_text(json.dumps(asked))
    answers, arrived = [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            if path.startswith("/three/"):
                file = (three / path.removeprefix("/three/")).resolve()
            else:
                file = PAGE if path == "/" else folder / path[1:]
            if not file.is_file():
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", KINDS.get(file.suffix, "application/octet-stream"))
            self.end_headers()
            self.wfile.write(file.read_bytes())

        def do_POST(self):
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        quiet = (
            "--no-first-run --disable-quic --disable-background-networking --disable-component-update --disable-sync"
        )
        drawing = "--use-angle=swiftshader --enable-unsafe-swiftshader"
        words = f"--headless --no-sandbox {quiet} {drawing} --user-data-dir={folder / 'profile'}".split()
        browser = subprocess.Popen(
            [chromium, *words, f"http://127.0.0.1:{server.server_port}/"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert arrived.wait(90), "the page did not answer"
        finally:
            browser.terminate()
            browser.wait(20)
            server.shutdown()
    (answer,) = answers
    assert "error" not in answer, answer
    return answer


def test_shapes_and_joints_have_our_values(found, still, portrait):
    assert {mesh["material"] for mesh in found["meshes"]} == set(portrait.head.parts)
    for mesh in found["meshes"]:
        influences = [mesh["influences"][name] for name in ARKIT_SHAPES]
        np.testing.assert_allclose(influences, still.weights[FRAME, :52], atol=1e-4)
    for joint, angles in joint_turns(still, portrait.head).items():
        name = ("neck", "head", "leftEye", "rightEye")[joint]
        np.testing.assert_allclose(found["bones"][name], quaternions(angles)[FRAME], atol=1e-4)


def test_vertices_are_where_the_rig_has_them(found, still, portrait):
    head = portrait.head
    truth = portrait.vertices(still, [FRAME])[0]
    near = torch.full((len(head.rest),), 1e-4)  # metres
    for fitted in head.lids.eyes:
        near[fitted.moved] = near[fitted.outside] = 5e-4
    for mesh in found["meshes"]:
        points = np.array(mesh["points"]).reshape(-1, 3)[mesh["triangles"]]
        mine = head.faces[head.face_parts == head.parts.index(mesh["material"])].numpy().reshape(-1)
        assert (np.linalg.norm(points - truth[mine], axis=1) < near[mine].numpy()).all()


def test_the_picture_has_the_pose_of_ours(found, still, portrait):
    data = base64.b64decode(found["picture"].partition(",")[2])
    theirs = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    (ours,) = portrait.pictures(still, [FRAME])
    assert theirs.shape == ours.shape
    here, there = ours[..., 3] > 127, theirs[..., 3] > 127
    assert (here & there).sum() / (here | there).sum() > 0.99
    # The mouth stands open in both: dark between the lips, at the same place.
    mouth = portrait.camera.project(portrait.vertices(still, [FRAME])[0][list(portrait.head.inner_lip)], (SIZE, SIZE))
    column, row = np.round(mouth.mean(0)).astype(int)
    for picture in (ours, theirs):
        light = picture[..., :3].mean(-1)
        assert light[row - 1 : row + 2, column - 1 : column + 2].mean() < 0.6 * light[row - 40, column]
