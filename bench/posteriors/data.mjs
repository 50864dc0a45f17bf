import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

/**
 * The data of a posterior, as posteriordb gives them to Stan. Those of arK, arma, garch and hmm_example are rounded to five
 * decimals, those of low_dim_gauss_mix to three, far below what moves a mean by its Monte-Carlo error. Sources: stan-dev's
 * stat_comp_benchmarks and example-models; Gelman, Hill and Vehtari's ROS-Examples (mesquite); twiecki/posteriordb (dogs,
 * hmm_example, kilpisjarvi_mod).
 */
export const dataOf = (name) => read(`data/${name}.json`);

/** Names, means and their Monte-Carlo standard errors of posteriordb's reference draws, by posterior. */
export const reference = read('reference.json');

/** What stan.py measured, by posterior. */
export const measuredStan = () => read('stan.json');
