import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

/** Files of the checkout by the language that they are written in, relative to its root. */
export interface Sources {
  python: string[];
  shell: string[];
  dockerfiles: string[];
  workflows: string[];
}

const SHELL = /^#!\s*\/(?:usr\/)?bin\/(?:env\s+)?(?:ba|da)?sh\b|^# shellcheck shell=/;
/** Workflows, and an example of one. */
const WORKFLOW = /^\.github\/workflows\/|^examples\/fleet\/github\.yml$/;
const PYTHON = /^#!\s*\/usr\/bin\/(?:env\s+)?python3?\b/;

/** What git knows in the checkout, or would: programs without an ending are known by their first line. */
export async function findSources(root: string): Promise<Sources> {
  const { stdout } = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const sources: Sources = { python: [], shell: [], dockerfiles: [], workflows: [] };
  for (const file of new Set(stdout.split('\0').filter((name) => name !== ''))) {
    kindOf(root, file, sources)?.push(file);
  }
  return sources;
}

function kindOf(root: string, file: string, sources: Sources): string[] | undefined {
  const { base, ext } = path.parse(file);
  if (ext === '.py') return sources.python;
  if (ext === '.sh') return sources.shell;
  if (base === 'Dockerfile') return sources.dockerfiles;
  if (WORKFLOW.test(file)) return sources.workflows;
  if (ext !== '') return undefined;
  const first = firstLine(path.join(root, file));
  if (SHELL.test(first)) return sources.shell;
  return PYTHON.test(first) ? sources.python : undefined;
}

/** Of what is there no more, or is a folder (a submodule), nothing. */
function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';
  } catch {
    return '';
  }
}
