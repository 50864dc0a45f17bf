// Which systems take part in a run.
import { findPython } from '../hosts/python.mjs';
import { OURS, systems } from '../systems/index.mjs';

/** Those that were asked for and are here, natives with their Python; and why others are absent. */
export async function choose({ system: asked, native, quick }) {
  const [chosen, absent] = [[], []];
  for (const system of systems) {
    const { name, module, slow } = system;
    if ((asked && name !== OURS && !asked.includes(name)) || (system.native && !native)) continue;
    const found = system.native ? await findPython(module) : {};
    if (!found) absent.push({ system: name, reason: `BENCH_PYTHON names no Python that has ${module}` });
    else if (slow && quick && !asked) absent.push({ system: name, reason: 'left out by --quick' });
    else chosen.push({ ...system, ...found });
  }
  return { chosen, absent };
}
