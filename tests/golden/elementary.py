"""Writes elementary.json: correctly rounded values of the elementary functions, by mpmath with 1400 bits.

    pip install mpmath==1.3.0
    python tests/golden/elementary.py

For each function [x..., value] rows, 120 or more: arguments of every size, near the points where the algorithms of
src/core change, and the ends of what float64 holds.
"""

import json
import math
import random
from pathlib import Path

import mpmath

mpmath.mp.prec = 1400
random.seed(7)


def spread(n, low, high):
    return [random.choice([-1, 1]) * math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(n)]


def even(n, low, high):
    return [random.uniform(low, high) for _ in range(n)]


def positive(values):
    return [abs(value) for value in values]


near_one = [1 + s * 2.0**-k for k in range(1, 53, 3) for s in (-1, 1)]
octave = [k * math.log(2) / 2 + s * 1e-9 for k in range(-9, 10, 2) for s in (-1, 0, 1)]
quarter = [k * math.pi / 4 for k in range(-12, 13)]
# The float64 nearest to a multiple of pi / 2: 6381956970095103 * 2^797.
worst = [6381956970095103.0 * 2.0**797, math.pi, 1e22, 2.0**1023, 823549.0, 823550.0]
points = {
    'exp': even(60, -745, 709.7) + spread(40, 1e-12, 3) + octave + [1.0, -708.5, -744.9],
    'expm1': even(30, -40, 709.7) + spread(60, 1e-17, 3) + octave + [1.0, -0.25, 0.5],
    'log': positive(spread(60, 1e-307, 1e308)) + even(40, 0.3, 3) + near_one + [5e-324, 1e-310, 0.7071067811865476],
    'log1p': positive(spread(40, 1e-17, 1e308)) + even(60, -0.9999, 3) + spread(40, 1e-17, 0.4),
    'sin': spread(60, 1e-9, 1e3) + spread(30, 1e3, 1e300) + quarter + worst,
    'cos': spread(60, 1e-9, 1e3) + spread(30, 1e3, 1e300) + quarter + worst,
    'tan': spread(60, 1e-9, 1e3) + spread(30, 1e3, 1e300) + quarter + worst,
    'atan': spread(100, 1e-9, 1e20) + [s * x for x in (0.4375, 0.6875, 1.1875, 2.4375, 1.0) for s in (-1, 1)],
}
pairs = {
    'pow': [(a, b) for a, b in zip(positive(spread(200, 1e-200, 1e200)), spread(200, 1e-3, 8))]
    + [(a, b) for a, b in zip(even(60, 0.5, 2), even(60, -900, 900))]
    + [(a, b) for a, b in zip(near_one, spread(len(near_one), 1e3, 1e12))]
    + [(10.0, float(k)) for k in range(-20, 21)]
    + [(2.0, float(k)) for k in range(-1074, 1024, 37)],
    'hypot': list(zip(spread(40, 1e-3, 1e3), spread(40, 1e-3, 1e3))) + [(1e200, 1e200), (3e-200, 4e-200)],
}
real = {name: getattr(mpmath, name) for name in ('exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'atan', 'hypot')}
real['pow'] = mpmath.power


def rows(name, arguments):
    for x in arguments:
        value = float(real[name](*[mpmath.mpf(v) for v in x]))
        if math.isfinite(value) and (value == 0 or abs(value) >= 2.0**-1022 or name in ('exp', 'pow')):
            yield [*x, value]


result = {name: list(rows(name, [(x,) for x in xs])) for name, xs in points.items()}
result |= {name: list(rows(name, xs)) for name, xs in pairs.items()}
text = ',\n'.join(f'"{name}": {json.dumps(values)}' for name, values in result.items())
Path(__file__).with_name('elementary.json').write_text('{\n' + text + '\n}\n')
