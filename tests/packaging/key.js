import { key } from 'scorefield';

console.log(key(1));
