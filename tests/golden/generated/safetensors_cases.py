"""safetensors files, read by the reference implementation; their numbers by numpy and ml_dtypes."""
import json
import struct

import ml_dtypes
import numpy as np
from case import case, damaged, numbers
from safetensors import deserialize

TYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "I16": "<i2", "U16": "<u2", "F16": "<f2", "I32": "<i4", "U32": "<u4", "F32": "<f4",
    "F64": "<f8", "I64": "<i8", "U64": "<u8", "BF16": ml_dtypes.bfloat16, "F8_E5M2": ml_dtypes.float8_e5m2,
    "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E8M0": ml_dtypes.float8_e8m0fnu, "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
    "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
}  # fmt: skip
OTHERS = {"C64": 8, "F4": 1, "F128": 16, "f32": 4, "": 4}
NAMES = ["a", "b.weight", "0", "10", "é", "\u2028", "__proto__", "constructor", "a b", "", "\U0001f600", '"', "\\", "toString", "shape"]


def safetensors(rng):
    entries, parts, end = [], [], 0
    for name in rng.sample(NAMES, rng.choice([0, 1, 1, 2, 2, 3, 5])):
        shape = [rng.choice([0, 1, 2, 3]) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
        dtype = rng.choice(list(TYPES)) if rng.chance(0.96) else rng.choice(list(OTHERS))
        size = np.dtype(TYPES[dtype]).itemsize if dtype in TYPES else OTHERS[dtype]
        length = size * int(np.prod(shape))
        part = bytes(rng.randrange(256) for _ in range(length))
        if dtype in ("BOOL", "I64", "U64"):
            # Small numbers; float64 has not all large ones.
            part = bytes(byte & 1 if k % size == 0 or rng.chance(0.02) else 0 for k, byte in enumerate(part))
        entries.append([name, {"dtype": dtype, "shape": shape, "data_offsets": [end, end + length]}])
        parts.append(part)
        end += length
    if rng.chance(0.3):
        rng.shuffle(entries)
    if rng.chance(0.3):
        metadata = {rng.choice(["format", "é", "k", "__proto__", "crc", "crc33"]): rng.choice(["pt", "", "\\u0041", '"', "1"])}
        if rng.chance(0.1):
            metadata = rng.choice([{"n": 1}, [], None, "x", {"n": None}])
        entries.insert(rng.choice([0, len(entries)]), ["__metadata__", metadata])
    whole = not rng.chance(0.3)
    if not whole and entries:
        spoil(rng, entries)
    header = written(rng, entries)
    if not whole and rng.chance(0.4):
        header = respelt(rng, header)
    data = struct.pack("<Q", len(header)) + header + b"".join(parts)
    if rng.chance(0.12):
        data, whole = damaged(rng, data), False
    answer = read(data)
    return case("readSafetensors", data, [answer], must=whole and not any(e[1] and e[1].get("dtype") in OTHERS for e in entries if isinstance(e[1], dict)))


def spoil(rng, entries):
    entry = rng.choice(entries)[1]
    if not isinstance(entry, dict) or "shape" not in entry:
        return
    begin, end = entry["data_offsets"]
    change = rng.randrange(8)
    if change == 0:
        entry["data_offsets"] = rng.choice([[begin + 1, end + 1], [end, begin], [begin], [begin, end, end], [float(begin), end], [begin, end + 4], [0, 0]])
    elif change == 1:
        entry["shape"] = rng.choice([entry["shape"] + [1], entry["shape"] + [2], [float(n) for n in entry["shape"]], [-1], [2**32, 2**32, 0], [2**63], [2**53 + 1, 0], None])
    elif change == 2:
        del entry[rng.choice(list(entry))]
    elif change == 3:
        entry["more"] = rng.choice([1.5, None, {"shape": [1.0]}])
    elif change == 4:
        entries.append([entries[0][0], dict(entry)])
    elif change == 5:
        entry["dtype"] = rng.choice(["U8", "F32", "I16", None, 4])
    else:
        entries[rng.randrange(len(entries))][1] = rng.choice([1, None, [], "x", {}])


def written(rng, entries):
    """JSON by hand, since a name may come twice."""
    comma, colon = rng.choice([(",", ":"), (", ", ": "), (" ,\n", " :\t")])
    body = comma.join(json.dumps(name, ensure_ascii=rng.chance(0.5)) + colon + json.dumps(entry, separators=(comma, colon)) for name, entry in entries)
    return ("{" + body + "}").encode() + b" " * rng.choice([0, 0, 1, 5])


def respelt(rng, header):
    """The same header as other programs might write it, or none does."""
    return rng.choice([
        b"\xef\xbb\xbf" + header, b" " + header, header + b"\n", header + b"\0", header[:-1], header + b"}", header.replace(b'"', b"'"),
        header.replace(b"}", b",}"), header.replace(b"1", b"01"), header.replace(b"1", b"1e0"), header.replace(b"2", b"2.0"),
        header.replace(b"0", b"-0"), header.replace(b"a", b"\xff"), header.replace(b"a", b"\\ud800"), header.replace(b"a", b"\\u0061"),
        header.replace(b"{", b"[").replace(b"}", b"]"), b"", b"null", b"[]", b"{}", b"1", header.replace(b"0", b"NaN"), header.replace(b'"shape"', b'"shape":[1],"shape"'),
        header.replace(b'"dtype"', b'"dtype":"U8","dtype"'),
    ])  # fmt: skip


def read(data):
    """The tensors of the reference implementation, or None; also None where one is of a type of no real numbers."""
    try:
        tensors = deserialize(data)
    except Exception:
        return None
    if any(entry["dtype"] not in TYPES for _, entry in tensors):
        return None
    made = {}
    for name, entry in tensors:
        array = np.frombuffer(bytes(entry["data"]), TYPES[entry["dtype"]]).reshape(entry["shape"])
        if entry["dtype"] in ("I64", "U64") and np.any(np.abs(array.astype("f8")) >= 2**53):
            return None
        made[name] = numbers(np.array(array).astype("f8"))
    return {"tensors": list(made.items())}
