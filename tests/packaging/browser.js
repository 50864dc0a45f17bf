import { report } from './app.js';

globalThis.report = report();
