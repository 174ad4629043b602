import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = path.join(ROOT, 'harness/cli/main.ts');
const BUNDLE = path.join(ROOT, 'dist/main.js');

/** Whether this is an installed package, which has no sources. */
export function isPackage() {
  return !existsSync(SOURCE);
}

/**
 * The file to start from: an installed package has the bundle alone; a checkout has it from its set-up, and
 * runs its TypeScript as it is where that has changed since.
 */
export function entry() {
  return isPackage() || bundleIsFresh() ? BUNDLE : SOURCE;
}

/** Whether a checkout's bundle is newer than all that it was made from. */
export function bundleIsFresh() {
  const bundled = statSync(BUNDLE, { throwIfNoEntry: false });
  return bundled !== undefined && newestChange() <= bundled.mtimeMs;
}

/** Folders count too: a removed file changes nothing else. */
function newestChange() {
  return Math.max(newestIn(path.join(ROOT, 'harness')), changed(path.join(ROOT, 'package-lock.json')));
}

/** Every command waits for this: paths are put together without more ado. */
function newestIn(folder) {
  let newest = changed(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = `${folder}/${entry.name}`;
    newest = Math.max(newest, entry.isDirectory() ? newestIn(full) : changed(full));
  }
  return newest;
}

function changed(file) {
  return statSync(file).mtimeMs;
}
