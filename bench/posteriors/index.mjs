// Posteriors of posteriordb (Magnusson and others, https://github.com/stan-dev/posteriordb). Each is { name, kind, dim, logDensity(x,
// gradient), parameters(x) }: logDensity gives the log-density of unconstrained coordinates x [dim] in float64, up to a constant and
// with the logarithms of the maps' Jacobians, and writes its gradient [dim]; parameters gives the numbers that reference.json names.
// The mathematics is that of posteriordb's programs; the code is our own.
import { arK } from './arK.mjs';
import { arma } from './arma.mjs';
import { capture } from './capture.mjs';
import { dogs } from './dogs.mjs';
import { eightSchools } from './eightSchools.mjs';
import { garch } from './garch.mjs';
import { gpPoisson } from './gpPoisson.mjs';
import { gpRegression } from './gpRegression.mjs';
import { hmm } from './hmm.mjs';
import { kilpisjarvi } from './kilpisjarvi.mjs';
import { lotkaVolterra } from './lotkaVolterra.mjs';
import { mesquite } from './mesquite.mjs';
import { mixture } from './mixture.mjs';
import { rates } from './rates.mjs';

export const posteriors = [
  eightSchools,
  arK,
  arma,
  garch,
  gpRegression,
  gpPoisson,
  mixture,
  hmm,
  lotkaVolterra,
  mesquite,
  kilpisjarvi,
  dogs,
  capture,
  rates,
];
