import { once } from 'node:events';
import { OwnEngine } from './own-engine.ts';

// Started with an engine, for an engine: the process that made it holds the other end of standard input.
const [name, ...options] = process.argv.slice(2);
const engine = new OwnEngine(options, name);
process.stdin.resume();
await once(process.stdin, 'end');
await engine.end();
// The engine's own watch of this process is not needed.
process.exit();
