"""Files of strangers: every wrong count, length and reference is refused with its name."""

import base64
import json
import struct

import numpy as np
import pytest

from avatar.rigs.importing import read_source
from avatar.rigs.importing.gltf_file import LARGEST, GltfFile


@pytest.fixture(scope="module")
def tiny(mesh):
    """A hundred vertices with two shapes: enough to be read."""
    names = ("jawOpen", "mouthPucker")
    return type(mesh)(
        mesh.vertices[:100], np.arange(99).reshape(33, 3), {n: mesh.shapes[n][:100] + 0.01 for n in names}
    )


def _set(path, value):
    """A change of the document at a path of keys."""

    def change(document):
        place = document
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


_MESH = ("meshes", 0)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((*_MESH, "extras"), None, r"the 2 morph targets of 'Head' have no names \(mesh\.extras\.targetNames\)"),
        ((*_MESH, "extras", "targetNames"), ["jawOpen"], "has 2 morph targets but 1 names"),
        ((*_MESH, "extras", "targetNames"), ["a", "a"], "have the same name: a"),
        ((*_MESH, "extras", "targetNames"), ["jawOpen", "JAWOPEN"], "'jawOpen' and 'JAWOPEN' differ only in case"),
        ((*_MESH, "primitives", 0, "targets"), None, "has 0 morph targets but 2 names"),
        ((*_MESH, "primitives", 0, "attributes", "POSITION"), 77, r"refers to accessors\[77\] of 4"),
        (("accessors", 2, "count"), 99, "accessor 2 must have 100 rows as the mesh's other attributes, got 99"),
        (("accessors", 0, "count"), 10**12, f"must have a count within 0..{LARGEST}, got 1000000000000"),
        (("accessors", 0, "count"), 101, "accessor 0 needs 1212 bytes, but its part of buffer 0 has 1200"),
        (("accessors", 0, "type"), "VEC9", "has the type VEC9"),
        (("accessors", 1, "count"), 98, "triangles must come in threes, got 98 indices"),
        (("bufferViews", 0, "buffer"), 3, "is in buffer 3, but the file has 1"),
        (("bufferViews", 2, "byteLength"), 10, "accessor 2 needs 1200 bytes, but its part of buffer 0 has 10"),
        (("bufferViews", 2, "byteOffset"), -4, "offsets or lengths that make no sense"),
        (("buffers", 0, "byteLength"), 10**9, "buffer 0 must have 1000000000 bytes"),
        (("buffers", 0, "uri"), "gone.bin", "buffer 0 is missing, there is no 'gone.bin' beside it"),
        (("buffers", 0, "uri"), "../../secret", "only files beside it are read"),
        (("buffers", 0, "uri"), "http://example.org/a.bin", "only files beside it are read"),
        (("buffers", 0, "uri"), "data:application/octet-stream;base64,%%%", "is not base64"),
        (("extensionsRequired",), ["KHR_draco_mesh_compression"], "is compressed"),
        (("asset",), None, "its JSON has no asset"),
        (("nodes", 0, "children"), [0], "node 0 has two parents|no morph targets"),
        (("nodes", 0, "rotation"), [1, 2], "a transform that makes no sense"),
        (("scenes", 0, "nodes"), [5], r"refers to nodes\[5\] of 1"),
    ],
)
def test_damage_is_named(tiny, write_glb, path, value, message):
    with pytest.raises(ValueError, match=message):
        read_source(write_glb(tiny, change=_set(path, value)))


def test_positions_that_are_not_numbers_are_refused(tiny, write_glb):
    vertices = tiny.vertices.copy()
    vertices[42] = np.nan
    with pytest.raises(ValueError, match=r"vertices must be finite.*the first is"):
        read_source(write_glb(type(tiny)(vertices, tiny.faces, tiny.shapes)))


@pytest.mark.parametrize("kept", [3, 15, 100, 3000])
def test_cut_off_files_are_refused(tiny, write_glb, kept):
    path = write_glb(tiny)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"truncated|is not glTF"):
        read_source(path)


def test_headers_that_lie_are_refused(tiny, write_glb):
    path = write_glb(tiny)
    content = bytearray(path.read_bytes())
    content[12:16] = struct.pack("<I", 2**31)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="truncated"):
        read_source(path)
    content[4:8] = struct.pack("<I", 1)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be glTF version 2, got version 1"):
        read_source(path)


def test_sparse_targets_are_filled_in(tiny, write_glb):
    """The second target as 3 rows over zeros, and then with rows that do not exist."""
    rows = np.array([4, 7, 50], "<u2")

    def sparse(document, rows=rows):
        values = base64.b64encode(rows.tobytes() + b"\0\0" + np.ones((3, 3), "<f4").tobytes()).decode()
        document["buffers"].append({"byteLength": 44, "uri": f"data:application/octet-stream;base64,{values}"})
        document["bufferViews"] += [
            {"buffer": 1, "byteOffset": 0, "byteLength": 6},
            {"buffer": 1, "byteOffset": 8, "byteLength": 36},
        ]
        document["accessors"][3] = {
            "componentType": 5126,
            "type": "VEC3",
            "count": 100,
            "sparse": {
                "count": 3,
                "indices": {"bufferView": 4, "componentType": 5123},
                "values": {"bufferView": 5},
            },
        }

    source = read_source(write_glb(tiny, change=sparse))
    moved = source.shapes["mouthPucker"].any(1)
    np.testing.assert_allclose(source.vertices[moved], tiny.vertices[[4, 7, 50]][np.argsort([4, 7, 50])], atol=1e-7)
    with pytest.raises(ValueError, match="has 100 rows, its sparse part fills row 200"):
        read_source(write_glb(tiny, change=lambda document: sparse(document, np.array([1, 2, 200], "<u2"))))

    def many(document):
        sparse(document)
        document["accessors"][3]["sparse"]["count"] = 1000

    with pytest.raises(ValueError, match="its sparse part must have no more, got 1000"):
        read_source(write_glb(tiny, change=many))


def test_whole_numbers_are_scaled_and_strides_are_stepped_over(tmp_path):
    data = struct.pack("<hhxxhhxx", 32767, -32767, 0, 16384)
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 12, "uri": "data:;base64," + base64.b64encode(data).decode()}],
        "bufferViews": [{"buffer": 0, "byteLength": 12, "byteStride": 6}],
        "accessors": [{"bufferView": 0, "count": 2, "type": "VEC2", "componentType": 5122, "normalized": True}],
    }
    (tmp_path / "a.gltf").write_text(json.dumps(document))
    found = GltfFile.read(tmp_path / "a.gltf").accessor(0)
    np.testing.assert_allclose(found, [[1, -1], [0, 0.5]], atol=1e-4)


def test_buffers_may_lie_beside_the_file(tiny, write_glb, tmp_path):
    glb = write_glb(tiny).read_bytes()
    size = struct.unpack_from("<I", glb, 12)[0]
    document = json.loads(glb[20 : 20 + size])
    document["buffers"][0]["uri"] = "my%20head.bin"
    (tmp_path / "my head.bin").write_bytes(glb[28 + size :])
    (tmp_path / "head.gltf").write_text(json.dumps(document))
    np.testing.assert_array_equal(read_source(tmp_path / "head.gltf").vertices, read_source(write_glb(tiny)).vertices)


def test_nodes_place_meshes(tiny, write_glb):
    def turn(document):
        document["nodes"] = [
            {"children": [1], "scale": [2, 2, 2], "translation": [0, 1, 0]},
            {"mesh": 0, "rotation": [0, 0, np.sqrt(0.5), np.sqrt(0.5)]},
        ]

    plain, placed = read_source(write_glb(tiny)), read_source(write_glb(tiny, "placed.glb", change=turn))
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    np.testing.assert_allclose(placed.vertices, 2 * plain.vertices @ quarter.T + [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(placed.shapes["jawOpen"], 2 * plain.shapes["jawOpen"] @ quarter.T, atol=1e-6)
