"""Generated files of every format that is read, and what reference readers make of them, for tests/formats/generated.test.ts.

    pip install numpy==2.4.6 ml_dtypes==0.6.0 safetensors==0.8.0 pandas==3.1.1 pillow==13.0.0
    python tests/golden/generated/make.py                                       (the few that are kept: cases.jsonl.gz)
    python tests/golden/generated/make.py --count 10000 --seed 2 --out FILE     (as many as wanted, to run once)
    GENERATED=FILE npx vitest run --config tests/vitest.config.ts tests/formats/generated.test.ts

A line is a case in JSON: `reader` and `options`, the bytes of `file` in base64, and `want`, a list of what a reader may give:
each has `shape` and `values` (float64, little-endian, in base64), or `text` for bytes; tensors have their `tensors` by name. With an
empty list the file must be refused. `must` says that refusing it would be a fault too: it is an ordinary file of its format.
"""
import argparse
import gzip
import json
import random
from pathlib import Path

import npy_cases
import picture_cases
import safetensors_cases
import text_cases
from case import Rng

SHARES = {
    npy_cases.npy: 26,
    safetensors_cases.safetensors: 20,
    text_cases.csv: 24,
    npy_cases.idx: 8,
    npy_cases.cifar: 0.5,
    picture_cases.png: 15,
    picture_cases.jpeg: 4.5,
    text_cases.gzipped: 2,
}

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=700)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", type=Path, default=Path(__file__).parent / "cases.jsonl.gz")
arguments = parser.parse_args()

lines = []
for make, share in SHARES.items():
    rng = Rng(arguments.seed)
    for _ in range(round(arguments.count * share / sum(SHARES.values()))):
        lines.append(json.dumps(make(rng), separators=(",", ":")))
random.Random(0).shuffle(lines)
with open(arguments.out, "wb") as file:
    # The same bytes for the same cases.
    file.write(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
print(f"{len(lines)} cases, {arguments.out.stat().st_size} bytes")
