"""Files that numpy and safetensors write, and what the programs of docs/files.md give, for tests/formats/python.test.ts.

    pip install numpy==2.4.6 safetensors==0.8.0 ml_dtypes==0.6.0 torch==2.13.0 jax==0.10.2 equinox==0.13.8
    npm run build && JAX_PLATFORMS=cpu python tests/golden/files.py && npx biome check --write tests/golden

Writes files.json beside this script, bytes packed by zlib, in base64: `npy`, arrays of every type of number, byte order and order of the
axes, by numpy.save, and headers written in other ways, with the numbers that numpy.load gives; `safetensors`, tensors of every
type with their numbers (ml_dtypes' of 8 bits), and headers with whether the reference reader takes them; `saved`, the files
of files.mjs, saved again by numpy and by torch, with their metadata and without; `score` and `denoise`, outputs of the two
programs of docs/files.md with these files, and a digest of the programs.
"""
import base64
import hashlib
import io
import json
import re
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from safetensors import SafetensorError, deserialize, safe_open

HERE = Path(__file__).parent
POINTS = [[0.1, 0.2], [0.5, 0.5], [-1.5, 2.25]]


def text(data):
    return base64.b64encode(zlib.compress(bytes(data) if isinstance(data, bytes) else data.tobytes(), 9)).decode()


def values(array):
    return np.asarray(array).astype(np.float64).ravel().tolist()


def npy():
    kinds = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
    cases = []
    for i, kind in enumerate(kinds):
        numbers = np.array([[0, 1, -2], [3.25, -400.5, 7000]], "f8")
        whole = np.array([[0, 1, 2], [3, 127, 90]])
        array = (numbers if kind[0] == "f" else whole if kind[0] in "ub" else -whole).astype(kind)
        for order in "<>" if kind[1] != "1" else "|":
            # Column-major for every other one.
            one = np.array(array, order + kind, order="F" if (i + (order == ">")) % 2 else "C")
            file = io.BytesIO()
            np.save(file, one)
            cases.append(case(file.getvalue()))
    odd = [
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1L, 2L, 2L), }",
        '{"shape":(2,2),"fortran_order":False,"descr":"float32"}',
        "{ 'fortran_order' : True ,\n 'shape' : (\t2 , 2 , ) , 'descr' : u'f' }",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (4,)}",
        "{'descr': 'i1', 'fortran_order': False, 'shape': (1_6,)}",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (1, 4)}",
        "{'descr': 'int16', 'fortran_order': False, 'shape': (8,)}",
        "{'descr': '?', 'fortran_order': False, 'shape': (16,)}",
        # Refused by numpy or of no real numbers.
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 2)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}",
        "{'descr': '<f4', 'shape': (4,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} 5",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (4,)}",
    ]
    numbers = np.array([1.5, 0, -2, 1e-3], "f4").tobytes()
    for i, header in enumerate(odd):
        version = 1 + i % 3
        size = struct.pack("<H" if version == 1 else "<I", len(header))
        cases.append(case(b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + numbers))
    return cases


def case(data):
    try:
        array = np.load(io.BytesIO(data))
        if array.dtype.kind not in "biuf":
            return {"file": text(data), "values": None}
        array = np.ascontiguousarray(array) if array.ndim else array
        return {"file": text(data), "shape": list(array.shape), "values": values(array)}
    except (ValueError, SyntaxError, TypeError):
        return {"file": text(data), "values": None}


def tensors():
    whole = np.array([0, 1, 100])
    numbers = np.array([0, 0.1, -3.25, 1e4, np.inf])
    made = {name: whole.astype(name) for name in ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]}
    made |= {name: numbers.astype(name) for name in ["float16", "float32", "float64"]}
    made["bool"] = np.array([True, False])
    made["bfloat16"] = torch.tensor(numbers).to(torch.bfloat16)
    file = safetensors.torch.save({name: torch.as_tensor(a) for name, a in made.items()})
    cases = [{"file": text(file), "values": {name: finite(torch.as_tensor(a).double().tolist()) for name, a in made.items()}}]
    # Every number of 8 bits, by ml_dtypes.
    eight = {
        "F8_E5M2": ml_dtypes.float8_e5m2, "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E8M0": ml_dtypes.float8_e8m0fnu,
        "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz, "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
    }
    bits = np.arange(256, dtype=np.uint8)
    header = {name: {"dtype": name, "shape": [256], "data_offsets": [256 * i, 256 * i + 256]} for i, name in enumerate(eight)}
    file = raw(json.dumps(header), bits.tobytes() * len(eight))
    return cases[0] | {"eight": {"file": text(file), "float32": {n: text(bits.view(t).astype("<f4")) for n, t in eight.items()}}}


def finite(numbers):
    """JSON has no infinities and no NaN."""
    return [x if np.isfinite(x) else str(x) for x in numbers]


def raw(header, data=b""):
    return struct.pack("<Q", len(header.encode())) + header.encode() + data


def headers():
    """Headers of a tensor `a` of four bytes, and whether the reference reader takes them."""
    entry = lambda shape, offsets, dtype="F32": f'{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'
    whole = entry("[1]", "[0,4]")
    candidates = [
        f'{{"a":{whole}}}', f' {{ "a" : {whole} }} \n', f'{{"__metadata__":null,"a":{whole}}}',
        f'{{"a":{whole},"__metadata__":{{"shape":"[1.0]"}}}}', f'{{"a":{whole[:-1]},"more":1.5}}}}',
        f'{{"a":{entry("[1.0]", "[0,4]")}}}', f'{{"a":{entry("[1]", "[0,4.0]")}}}', f'{{"a":{entry("[1e0]", "[0,4]")}}}',
        f'{{"a":{entry("[-1]", "[0,4]")}}}', f'{{"a":{entry("[1]", "[0,5]")}}}', f'{{"a":{entry("[2]", "[0,4]")}}}',
        f'{{"a":{entry("[]", "[0,4]")}}}', f'{{"a":{entry("[0,1]", "[0,0]")},"b":{whole}}}',
        f'{{"a":{whole},"b":{entry("[4294967296,4294967296,0]", "[4,4]")}}}',
        f'{{"a":{whole},"b":{whole}}}', f'{{"a":{entry("[1]", "[0,4]", "F128")}}}', f'{{"a":{entry("[4]", "[0,4]", "U8")}}}',
        f'{{"__metadata__":{{"n":1}},"a":{whole}}}', f'[{whole}]', f'{{"a":{whole}', "",
    ]
    taken = []
    for header in candidates:
        try:
            deserialize(raw(header, bytes(4)))
            taken.append(True)
        except SafetensorError:
            taken.append(False)
    return [{"header": header, "taken": t} for header, t in zip(candidates, taken)]


def saved(folder):
    cases = []
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "numpy") as file:
            metadata = file.metadata()
        numpy, torch_ = safetensors.numpy.load_file(path), safetensors.torch.load_file(path)
        # Metadata are written in an order that differs from run to run.
        cases.append({"name": path.stem, "kept": True, "file": text(safetensors.numpy.save(numpy, metadata=metadata))})
        some = {key: value for key, value in metadata.items() if key != "crc32"}
        if path.stem == "points":
            cases.append({"name": path.stem, "kept": True, "file": text(safetensors.torch.save(torch_, metadata=some))})
            numpy = {name: a.astype("f8") for name, a in numpy.items()}
        if path.stem in ("points", "images", "quick", "denoiser"):
            cases.append({"name": path.stem, "kept": False, "file": text(safetensors.numpy.save(numpy))})
    return cases


def programs(folder):
    blocks = re.findall(r"```python\n(.*?)```", (HERE.parent.parent / "docs/files.md").read_text(), re.S)
    run = lambda code, name: (scope := {}, exec(code.replace("run/weights.safetensors", str(folder / f"{name}.safetensors")), scope))[0]
    scores = []
    for name in ["article", "quick"]:
        score = run(blocks[0], name)["score"]
        scores.append({"name": name, "scores": [[values(score(jnp.array(x), level)) for x in POINTS] for level in range(3)]})
    denoise = run(blocks[1], "denoiser")["denoise"]
    sigmas = [0.05, 0.5, 3.0]
    outputs = [values(denoise(torch.tensor(POINTS), sigma)) for sigma in sigmas]
    digest = hashlib.sha256("".join(blocks).encode()).hexdigest()
    return {"sha256": digest, "x": POINTS, "score": scores, "denoise": {"sigmas": sigmas, "outputs": outputs}}


with tempfile.TemporaryDirectory() as place:
    subprocess.run(["node", HERE / "files.mjs", HERE.parent.parent / "dist/index.js", place], check=True)
    made = {
        "npy": npy(), "safetensors": tensors(), "headers": headers(),
        "saved": saved(Path(place)), "programs": programs(Path(place)),
    }
(HERE / "files.json").write_text(json.dumps(made))
