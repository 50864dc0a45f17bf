"""Arrays as numpy.save writes them and otherwise, read by numpy.load; IDX files and batches of CIFAR-10, read by numpy."""
import io
import struct
import warnings

import numpy as np
from case import case, damaged, numbers

warnings.simplefilter("ignore")

KINDS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
OTHERS = ["c8", "c16", "f16", "S3", "U2", "M8[s]", "m8[D]", "V2", "V4", [("a", "<f4"), ("b", "u1")], [("a", "<f4", (2,))]]


def array(rng, ranks):
    shape = tuple(rng.choice([0, 1, 1, 2, 3, 4, 5]) for _ in range(rng.choice(ranks)))
    if rng.chance(0.1):
        zeros = np.zeros(shape, rng.choice(OTHERS))
        return zeros
    kind = rng.choice(KINDS)
    values = rng.array(shape)
    if kind[0] == "f":
        values = values * 10.0 ** rng.choice([-300, -40, -8, 0, 0, 0, 4, 38, 300])
        if rng.chance(0.3):
            values = np.abs(np.sin(values))
        if values.size and rng.chance(0.15):
            values.flat[rng.randrange(values.size)] = rng.choice([np.nan, np.inf, -np.inf, -0.0])
        values = values.astype(kind)
    elif kind == "b1":
        values = values > 0
    else:
        most = rng.choice([3, 255, 2**15, 2**31, 2**53, 2**63])
        values = (np.round(values * most / 3) % float(2**62)).astype("i8").astype(kind)
    return np.array(values, rng.choice("<>") + kind, order=rng.choice("CF"))


def header(rng, made):
    """The header of an array, in one of the ways in which programs have written it, or in none."""
    descr = made.dtype.str if made.dtype.names is None else made.dtype.descr
    if rng.chance(0.2) and made.dtype.names is None:
        descr = rng.choice([made.dtype.name, made.dtype.char, "=" + made.dtype.str[1:], "|" + made.dtype.str[1:], made.dtype.str[1:]])
    quote = rng.choice("''\"")
    name = lambda word: f"{quote}{word}{quote}"
    descr = repr(descr) if not isinstance(descr, str) else rng.choice(["", "", "", "u", "b", "r"]) + name(descr)
    sizes = [f"{n}{rng.choice(['', '', '', 'L'])}" if rng.chance(0.2) else str(n) for n in made.shape]
    shape = f"({', '.join(sizes)}{',' if len(sizes) == 1 or (sizes and rng.chance(0.2)) else ''})"
    order = str(not made.flags.c_contiguous and made.flags.f_contiguous)
    if rng.chance(0.05):
        shape = f"[{', '.join(sizes)}]" if len(sizes) > 1 else shape.replace("2", "0x2")
    elif rng.chance(0.15):
        shape = rng.choice([shape.replace(", ", ","), f"({shape})", shape.replace("2", "2.0"), shape.replace("3", "-3"), shape.replace("2", "02"), shape.replace("1", "True"), shape.replace("4", "+4"), "None"])
    if rng.chance(0.05):
        order = rng.choice(["0", "1", "None", "'False'", "true", "not True"])
    pairs = [("descr", descr), ("fortran_order", order), ("shape", shape)]
    if rng.chance(0.3):
        rng.shuffle(pairs)
    if rng.chance(0.05):
        pairs.append(rng.choice([("more", "1"), pairs[0], ("shape", "(1,)"), ("descr", "'<u1'")]))
    if rng.chance(0.03):
        pairs.pop()
    colon, comma = rng.choice([": ", ":", " : "]), rng.choice([", ", ",", ",\n ", "\t,"])
    body = comma.join(name(key) + colon + value for key, value in pairs)
    end = rng.choice(["", "", "", " ", " # note", "\0", " 1"])
    return f"{{{body}{rng.choice(['', ', ', ','])}}}" + end


def npy(rng):
    reader = rng.choice(["readNpy", "readNpy", "readNpyImages", "readNpyPoints"])
    # Mostly of the shapes that the reader takes.
    made = array(rng, {"readNpyImages": [3, 3, 4, 4, 2], "readNpyPoints": [1, 2, 2, 2, 3]}.get(reader, [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]))
    if rng.chance(0.5):
        file = io.BytesIO()
        version = rng.choice([None, (1, 0), (2, 0), (3, 0)])
        np.lib.format.write_array(file, made, version=version)
        data, whole = file.getvalue(), True
    else:
        words = header(rng, made).encode()
        words += b" " * rng.choice([0, 0, 7, 40]) + rng.choice([b"\n", b"\n", b""])
        version = rng.choice([1, 2, 3, 3, 4, 0]) if rng.chance(0.2) else rng.choice([1, 2, 3])
        size = struct.pack("<H" if version == 1 else "<I", len(words))
        body = made.tobytes("F" if b"True" in words else "C")
        minor = rng.choice([0, 0, 0, 0, 1])
        data, whole = b"\x93NUMPY" + bytes([version, minor]) + size + words + body, False
    if rng.chance(0.2):
        data, whole = damaged(rng, data), False
    if rng.chance(0.05):
        data += bytes(rng.randrange(256) for _ in range(9))
    found = loaded(data)
    if found is None and made.dtype.kind in "biuf":
        # numpy takes no list for a shape, and no other space than ASCII's for one; the numbers are the same.
        head, brace, rest = data.partition(b"}")
        padding, line, rest = rest.partition(b"\n")
        found = loaded(head.replace(b"[", b"(").replace(b"]", b")") + brace + padding.replace(b"\xa0", b" ") + line + rest)
    answer = None if found is None else {"readNpy": numbers, "readNpyImages": images, "readNpyPoints": points}[reader](found)
    isExact = found is not None and (found.dtype.kind not in "iu" or np.all(np.abs(found.astype("f8")) < 2**53))
    isRead = found is not None and found.dtype.itemsize <= 8
    return case(reader, data, [answer], must=whole and bool(isExact) and isRead)


def loaded(data):
    """numpy.load's array of real numbers, or None."""
    try:
        found = np.load(io.BytesIO(data))
    except Exception:
        return None
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "biuf":
        return None
    return found


def images(found):
    """Pixels as readNpyImages says: bytes, or floats in [0, 1] as float32."""
    channels = found.shape[3] if found.ndim == 4 else 1
    if found.ndim not in (3, 4) or 0 in found.shape or channels > 4:
        return None
    if found.dtype == np.uint8:
        return numbers(found.reshape(-1))
    if found.dtype == bool:
        return numbers(255 * found.astype("u1").reshape(-1))
    inside = found.dtype.kind == "f" and np.all((found >= 0) & (found <= 1))
    return numbers(found.astype("f4").reshape(-1)) if inside else None


def points(found):
    if found.ndim not in (1, 2) or found.size == 0:
        return None
    with np.errstate(over="ignore"):
        rounded = found.astype("f8").astype("f4")
    return numbers(rounded.reshape(len(found), -1)) if np.all(np.isfinite(rounded)) else None


IDX = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def idx(rng):
    isLabels = rng.chance(0.3)
    rank = 1 if isLabels else rng.choice([3, 3, 3, 4])
    if rng.chance(0.08):
        rank = rng.randrange(6)
    shape = [rng.randint(1, 4) for _ in range(rank)]
    if rank == 4:
        shape[rng.choice([1, 3])] = rng.choice([1, 3])
    if rng.chance(0.05) and shape:
        shape[rng.randrange(rank)] = 0
    code = rng.choice([8, 8, 8, 9, 11, 12, 13, 14])
    values = rng.array(shape)
    if code >= 13:
        values = np.abs(np.sin(values)) if rng.chance(0.7) and not isLabels else np.floor(np.abs(values) * 9)
    else:
        values = np.floor(np.abs(values) * rng.choice([9, 40])) if rng.chance(0.85) else np.round(values * 90)
    values = values.astype("i8").astype(IDX[code]) if code < 13 else values.astype(IDX[code])
    data = bytes([0, 0, code, rank]) + b"".join(struct.pack(">I", n) for n in shape) + values.tobytes()
    if rng.chance(0.15):
        data = damaged(rng, data)
    transposed = not isLabels and rng.chance(0.3)
    reader = "readIdxLabels" if isLabels else "readIdxImages"
    answer = idx_answer(data, isLabels, transposed)
    return case(reader, data, [answer], must=True, **({"transposed": True} if transposed else {}))


def idx_answer(data, isLabels, transposed):
    if len(data) < 4 or data[0] or data[1] or data[2] not in IDX:
        return None
    rank, dtype = data[3], np.dtype(IDX[data[2]])
    if rank not in ([1] if isLabels else [3, 4]) or len(data) < 4 + 4 * rank:
        return None
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    size = 1
    for n in shape:
        size *= n
    if len(data) != 4 + 4 * rank + size * dtype.itemsize:
        return None
    values = np.frombuffer(data, dtype, offset=4 + 4 * rank).reshape(shape).astype("f8")
    isBytes = bool(np.all((values == np.floor(values)) & (values >= 0) & (values <= 255)))
    if isLabels:
        return numbers(values) if isBytes else None
    if size == 0:
        return None
    if rank == 4 and shape[3] not in (1, 3):
        if shape[1] not in (1, 3):
            return None
        values = np.moveaxis(values, 1, -1)
    values = values.reshape(*values.shape[:3], -1)
    if transposed:
        values = values.swapaxes(1, 2)
    if dtype.kind == "f" and np.all((values >= 0) & (values <= 1)):
        return numbers(values.astype("f4"))
    return numbers(values) if isBytes else None


def cifar(rng):
    count = rng.randint(1, 2)
    # Few different numbers, so that the file packs well.
    records = np.abs(rng.array((count, 3073)) * 40).astype("u1") // 32 * 32
    records[:, 0] = [rng.randrange(11 if rng.chance(0.2) else 10) for _ in range(count)]
    data = records.tobytes()
    if rng.chance(0.2):
        data = data[: rng.randrange(len(data))]
    isWhole = len(data) == count * 3073 and records[:, 0].max() < 10
    colour = records[:, 1:].reshape(count, 3, 32, 32).transpose(0, 2, 3, 1).astype("f8")
    grey = rng.chance(0.5)
    luma = np.floor(colour @ [0.2126, 0.7152, 0.0722] + 0.5)[..., None]
    return case("readCifar", data, [numbers(luma if grey else colour) if isWhole else None], must=True, grey=grey)
