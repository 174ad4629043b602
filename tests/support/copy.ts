import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { freshFolder } from './folder.ts';
import { REPOSITORY } from './hadrill.ts';
import { expectNothingLeft, freshName, removeLabs } from './labs.ts';
import { refused } from './refused.ts';

/** A copy of shipped topologies whose labs have a name of their own, by which what is left of them is found. */
export class Copy {
  readonly folder: string;
  readonly lab = freshName('bad');

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param topology `dhcp` for topologies/dhcp/dhcp.clab.yml. The labs are removed when the test ends. */
  static async of(topology: string): Promise<Copy> {
    const copy = new Copy(await freshFolder());
    onTestFinished(() => removeLabs(`${copy.lab}*`));
    await cp(path.join(REPOSITORY, 'topologies', topology), copy.folder, { recursive: true });
    await copy.edit(`${topology}.clab.yml`, `name: ${topology}\n`, `name: ${copy.lab}\n`);
    return copy;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.file(name), text);
  }

  /** Replaces what stands in a file once. @returns `FILE:LINE:COLUMN` of the mark ▶ in `to`, or of its begin. */
  async edit(name: string, from: string | RegExp, to: string): Promise<string> {
    const file = this.file(name);
    const pieces = (await readFile(file, 'utf8')).split(from);
    expect(pieces, `${name} has '${from}' once`).toHaveLength(2);
    await writeFile(file, pieces.join(to.replace('▶', '')));
    const before = `${pieces[0]}${to.slice(0, Math.max(0, to.indexOf('▶')))}`.split('\n');
    return `${file}:${before.length}:${before.at(-1)!.length + 1}`;
  }

  /** Refused: exit code 2, one message, no stack trace, and not one container of it. @returns what was said. */
  async refuses(...args: string[]): Promise<string> {
    const { stderr } = await refused(args, 2);
    expect(stderr).not.toMatch(/node:internal|\.ts:\d+/);
    await expectNothingLeft(`${this.lab}*`);
    return stderr;
  }
}
