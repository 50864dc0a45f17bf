// Elementary functions of whole arrays, for tests.
import { cosTurn, exp, expDown, log, log1pUnit, silu, sinTurn, softplusValue } from './math';
import { erfinv } from './normal';

/**
 * For tests: y_i = f(x_i). x, y: f32 [n] padded to a multiple of 16; y is overwritten and may be x; for erfinv it has room
 * behind it as `normal` has it.
 * name: which f, 0 exp, 1 log, 2 log1pUnit, 3 cosTurn, 4 sinTurn, 5 softplus, 6 erfinv, 7 expDown, 8 SiLU, 9 its slope.
 */
export function map(name: i32, x: usize, y: usize, n: usize): void {
  // The slope is written over the value.
  if (name >= 8) silu(x, y, name == 9 ? y : 0, n << 2);
  else if (name == 6) {
    memory.copy(y, x, n << 2);
    erfinv(y, n);
  } else mapVectors(name, x, y, n);
}

function mapVectors(name: i32, x: usize, y: usize, n: usize): void {
  for (let i: usize = 0; i < n; i += 4) {
    const v = v128.load(x + (i << 2));
    let r = v;
    if (name == 0) r = exp(v);
    else if (name == 1) r = log(v);
    else if (name == 2) r = log1pUnit(v);
    else if (name == 3) r = cosTurn(v);
    else if (name == 4) r = sinTurn(v);
    else if (name == 5) r = softplusValue(v);
    else if (name == 7) r = expDown(v);
    v128.store(y + (i << 2), r);
  }
}
