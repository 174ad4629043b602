/**
 * Makes `dist/`, what a package ships and a checkout starts quicker from: `node harness/setup/bundle.ts`, with
 * `--if-stale` only when the sources have changed since.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundleIsFresh } from './entry.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Loaded from node_modules: the engine's client is taken apart when it is loaded, the others are seldom needed. */
const EXTERNAL = [/^node:/, /^dockerode/, /^tar-stream/, 'execa', 'ora', 'vitest'];

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
  const made = await rolldown({ input, platform: 'node', external: EXTERNAL, logLevel: 'warn' });
  await made.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js' });
  await made.close();
}

if (!process.argv.includes('--if-stale') || !bundleIsFresh()) await bundle();
