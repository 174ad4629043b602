/**
 * Checks what is not TypeScript: Python, shell, Dockerfiles and workflows (`npm run check`). With `--fix` it puts right
 * what linters can put right (`npm run format`).
 *
 * Most linters come from PyPI. Without Python they are left out, with a word; in CI that is a failure.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LINTERS } from './linters.ts';
import { pythonTools } from './python-tools.ts';
import { findSources } from './sources.ts';

const root = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));
const fix = process.argv.includes('--fix');

const [sources, tools] = await Promise.all([findSources(root), pythonTools(root)]);
if ('missing' in tools) {
  console.error(`hadrill: the linters of Python, shell and Dockerfiles are left out: ${tools.missing}`);
  if (process.env.CI) process.exitCode = 1;
}
const linters = LINTERS.filter((linter) => 'folder' in tools || !linter.python);
for (const linter of linters) {
  const run = fix && linter.fix ? linter.fix : linter.find;
  const found = await run({ root, sources, tools: 'folder' in tools ? tools.folder : '' });
  if (found === '') continue;
  console.error(`${linter.name}:\n${found}\n`);
  process.exitCode = 1;
}
if (!process.exitCode) console.log(`✔ nothing found by ${linters.map(({ name }) => name).join(', ')}`);
