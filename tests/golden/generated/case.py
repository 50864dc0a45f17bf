"""What makers of cases share: draws, cases, and changes that damage a file."""
import base64
import random

import numpy as np


class Rng(random.Random):
    """Python's generator, with an array of numpy's drawn from it."""

    def chance(self, p):
        return self.random() < p

    def array(self, shape):
        """Normals in float64."""
        return np.random.default_rng(self.getrandbits(64)).standard_normal(shape)


def text(data):
    return base64.b64encode(bytes(data)).decode()


def numbers(array):
    """An answer: shape and values in float64. One NaN stands for all."""
    array = np.asarray(array)
    values = np.array(array.astype("<f8"), order="C")
    values[np.isnan(values)] = np.nan
    return {"shape": list(array.shape), "values": text(values.tobytes())}


def case(reader, file, answers, must=False, **options):
    """A case; `answers` are those that may be given, None among them for nothing."""
    want = [answer for answer in answers if answer is not None]
    return {"reader": reader, "options": options, "file": text(file), "want": want, "must": must and bool(want)}


def damaged(rng, data):
    """Bytes cut, changed, left out or put in."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            del data[at:]
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 3:
            del data[at : at + rng.randint(1, 6)]
        else:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 6)))
    return bytes(data)
