#!/usr/bin/env node
// Plain JavaScript: it must be able to say that the Node that runs it is too old for the rest.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `hadrill needs Node 22.18 or newer; this is ${process.versions.node}. ` +
      'In a checkout, `npm run setup` installs the right one and `npx hadrill` uses it.',
  );
  process.exit(3);
}
// Most of a short command's time would be spent on compiling: keep what was compiled.
const { default: module } = await import('node:module');
module.enableCompileCache();
const { entry } = await import('../setup/entry.js');
const { main } = await import(entry());
process.exitCode = await main(process.argv.slice(2));
