#!/usr/bin/env node
// Plain JavaScript: it must be able to say that the Node that runs it is too old for the rest.
import { existsSync } from 'node:fs';
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `hadrill needs Node 22.18 or newer; this is ${process.versions.node}. ` +
      'In a checkout, `npm run setup` installs the right one and `npx hadrill` uses it.',
  );
  process.exit(3);
}
// Most of a short command's time would be spent on loading code: keep what was compiled, and leave what
// only few engines need (an SSH client, gRPC) until it is called.
module.enableCompileCache();
const { deferTransports } = await import('./defer-transports.js');
deferTransports();
// A checkout runs its TypeScript as it is; an installed package has been compiled.
const source = new URL('./main.ts', import.meta.url);
const compiled = new URL('../../dist/cli/main.js', import.meta.url);
const { main } = await import((existsSync(source) ? source : compiled).href);
process.exitCode = await main(process.argv.slice(2));
