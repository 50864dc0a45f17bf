"""One message as bytes: the format of bench/pack.mjs."""
import json
import struct

import numpy as np

TYPES = {"Float32Array": np.float32, "Uint32Array": np.uint32, "Int32Array": np.int32}
NAMES = {np.dtype(value): key for key, value in TYPES.items()}


def padded(n):
    return -(-n // 8) * 8


def unpack(data):
    (length,) = struct.unpack_from("<I", data)
    start = padded(4 + length)

    def revive(item):
        if item.get("array") in TYPES:
            return np.frombuffer(data, TYPES[item["array"]], item["length"], start + item["at"])
        return item

    return json.loads(data[4 : 4 + length], object_hook=revive)


def pack(value):
    parts, size = [], 0

    def place(item):
        nonlocal size
        array = np.ascontiguousarray(item).ravel()
        where = {"array": NAMES[array.dtype], "at": size, "length": array.size}
        parts.append(array.tobytes().ljust(padded(array.nbytes), b"\0"))
        size += len(parts[-1])
        return where

    header = json.dumps(value, default=place).encode()
    return struct.pack("<I", len(header)) + header.ljust(padded(4 + len(header)) - 4, b"\0") + b"".join(parts)
