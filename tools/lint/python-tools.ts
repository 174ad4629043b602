import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

const REQUIREMENTS = 'tools/lint/requirements.txt';
/** As the probes, which run on the machine's own Python in unit tests. */
const OLDEST_PYTHON = '(3, 11)';
const INSTALL_TIMEOUT_MS = 600_000;

/** Where the linters that come from PyPI are, or why they are not here. */
export type PythonTools = { folder: string } | { missing: string };

/**
 * The linters of Python, shell and Dockerfiles, in the virtual environment `.venv` of the checkout: made when they are
 * not there in the versions of requirements.txt, by pip, from PyPI, each file with its hash.
 */
export async function pythonTools(root: string): Promise<PythonTools> {
  const venv = path.join(root, '.venv');
  const stamp = path.join(venv, 'hadrill-requirements');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, REQUIREMENTS)))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { folder: path.join(venv, 'bin') };
  const found = await ran('python3', [
    '-c',
    `import sys, venv; sys.exit(sys.version_info < ${OLDEST_PYTHON})`,
  ]);
  if (found !== undefined) return { missing: 'python3 (3.11 or newer, with venv) is not installed' };
  console.error('hadrill: installing the linters of Python, shell and Dockerfiles (.venv)');
  rmSync(venv, { recursive: true, force: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  const failed =
    (await ran('python3', ['-m', 'venv', venv])) ??
    (await ran(path.join(venv, 'bin/python'), [
      ...pip,
      '--require-hashes',
      '-r',
      path.join(root, REQUIREMENTS),
    ]));
  if (failed !== undefined) return { missing: `they cannot be installed: ${failed}` };
  writeFileSync(stamp, wanted);
  return { folder: path.join(venv, 'bin') };
}

/** Undefined when the command succeeds, else the last of what it says. */
async function ran(program: string, args: readonly string[]): Promise<string | undefined> {
  const done = await execa(program, args, { reject: false, all: true, timeout: INSTALL_TIMEOUT_MS });
  return done.failed ? (done.all?.trim().split('\n').at(-1) ?? done.shortMessage) : undefined;
}
