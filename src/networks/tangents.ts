// Tangents of a plan: derivatives of its activations in some directions of its input, which the passes DUAL_FORWARD and
// DUAL_BACKWARD compute beside them.
import {
  LIST_TANGENTS,
  OPERATION_BYTES,
  TANGENTS,
  TANGENTS_AS_SAMPLES,
  TANGENTS_OWN,
  TANGENTS_STAY,
} from '../abi/plan.js';
import { isEachStep, listBytes } from './placement.js';
import type { Plan } from './plan.js';

/** What tangents do in an operation, as its record says it. */
const KINDS = { stay: TANGENTS_STAY, 'as samples': TANGENTS_AS_SAMPLES, own: TANGENTS_OWN };

/** Whether tangents can go through all operations. */
export function takesTangents({ operations }: Plan): boolean {
  return operations.every((operation) => operation.tangents || !isEachStep(operation));
}

/**
 * Writes into a training list how many tangents each sample has, and how each operation treats them. Its memory must have been
 * placed for the panels of the samples and as many for each tangent.
 */
export function writeTangents({ core: { memory }, operations }: Plan, list: number, tangents: number): void {
  const words = memory.u32(list, listBytes({ operations }) / 4);
  words[LIST_TANGENTS / 4] = tangents;
  operations.forEach((operation, i) => {
    if (isEachStep(operation) && operation.tangents)
      words[((i + 1) * OPERATION_BYTES + TANGENTS) / 4] = KINDS[operation.tangents];
  });
}
