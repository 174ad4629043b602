import { expect } from 'vitest';
import { type Ended, hadrill, type RunSettings } from './hadrill.ts';

/** Runs a command that must be refused: the code, one message and no stack trace, nothing on stdout. */
export async function refused(args: string[], code: 2 | 3, settings: RunSettings = {}): Promise<Ended> {
  const done = await hadrill(args, settings);
  expect(done.code, done.stderr).toBe(code);
  expect(done.stdout).toBe('');
  expect(done.stderr).not.toContain('    at ');
  expect(done.stderr).not.toContain('unforeseen');
  expect(done.stderr.match(/^(hadrill|error): /gm), done.stderr).toHaveLength(1);
  return done;
}
