import { report } from './app.js';

report().then((found) => console.log(JSON.stringify(found)));
