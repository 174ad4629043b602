/**
 * Makes `dist/`, what a package ships and a checkout starts quicker from: `node harness/setup/bundle.ts`, with
 * `--if-stale` only when the sources have changed since.
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundledLicenses } from './bundled-licenses.ts';
import { deferTransports } from './defer-transports.ts';
import { bundleIsFresh } from './entry.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/**
 * Loaded from node_modules: `ssh2` has native parts, and is for engines behind SSH alone; `cpu-features` is its; vitest is
 * the user's.
 */
const EXTERNAL = [/^node:/, 'ssh2', 'cpu-features', 'vitest'];

/** Bundles the command line, the library and the remover of orphans; declarations are the compiler's. */
export async function bundle(): Promise<void> {
  const folder = path.join(ROOT, 'dist');
  await rm(folder, { recursive: true, force: true });
  const input = {
    main: path.join(ROOT, 'harness/cli/main.ts'),
    index: path.join(ROOT, 'harness/index.ts'),
    vitest: path.join(ROOT, 'harness/vitest.ts'),
    'remove-orphans': path.join(ROOT, 'harness/lab/remove-orphans.ts'),
  };
  const plugins = [deferTransports];
  const made = await rolldown({ input, platform: 'node', external: EXTERNAL, plugins, logLevel: 'warn' });
  const { output } = await made.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js' });
  await made.close();
  const modules = output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  await writeFile(path.join(folder, 'LICENSES.txt'), bundledLicenses(modules));
}

if (!process.argv.includes('--if-stale') || !bundleIsFresh()) await bundle();
