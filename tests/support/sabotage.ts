import { expect, type TestContext } from 'vitest';
import type { Journal, Verdict } from '../../harness/journal/journal.ts';
import { Copy } from './copy.ts';
import { RunResults } from './folder.ts';
import { hadrill } from './hadrill.ts';
import { expectNothingLeft } from './labs.ts';

const TIMEOUT_MS = 300_000;
/** By topology, a line of the group whose nodes take over from each other, after which a bind may be added. */
const BINDS: Readonly<Record<string, string>> = {
  l3: '        - nftables.conf:/etc/nftables.conf:ro\n',
  lb: '        - haproxy.cfg.template:/etc/haproxy/haproxy.cfg.template:ro\n',
  metadata: '        - nftables.conf:/etc/nftables.conf:ro\n',
  dhcp: '      image: hadrill/dhcp\n',
};
const ON_RETURN =
  'if [ -e /var/local/seen ]; then returning=yes; else returning=; fi\ntouch /var/local/seen\n';

/** `refused`: before anything was broken, with exit code 2. */
type End = Verdict | 'refused';

/**
 * Something is wrong in each of these, and the run must not pass: what is broken, how, in which drill, what the run
 * ends with and which reason it gives.
 */
export interface Sabotage {
  topology: string;
  drill: string;
  how: (copy: Copy) => Promise<unknown>;
  /** Any of these. */
  ends: readonly End[];
  why: RegExp;
}

/** Lines of a script that take a program's right to be run. */
export function gone(program: string, when: string): string {
  return `if ${when}; then chmod -x ${program}; fi`;
}

/** True in a script from a node's second start on. */
export const RETURNING = '[ $returning ]';

/**
 * Has a script run on every node that takes part in the failover, before its daemons start.
 * `[ $returning ]` is true from a node's second start on, `[ $node = r2 ]` on r2.
 */
export async function atBoot(copy: Copy, topology: string, script: string): Promise<void> {
  await copy.write('sabotage.sh', `node=$(cat /proc/sys/kernel/hostname)\n${ON_RETURN}${script}\n`);
  const line = BINDS[topology]!;
  const bind = '        - sabotage.sh:/etc/hadrill/boot.d/90-sabotage.sh:ro\n';
  const list = topology === 'dhcp' ? '      binds:\n' : '';
  await copy.edit(`${topology}.clab.yml`, line, `${line}${list}${bind}`);
}

/** Gives two nodes of l3.clab.yml an environment each; r1 starts first and becomes master. */
export async function l3Environment(copy: Copy, r1: string, r2: string): Promise<void> {
  const line = (number: number) => `        ADDRESSES: ha=169.254.192.${number}/18\n`;
  const more = (text: string) => (text ? `        ${text}\n` : '');
  await copy.edit('l3.clab.yml', line(1), `${line(1)}        PRIORITY: "250"\n${more(r1)}`);
  await copy.edit('l3.clab.yml', line(2), `${line(2)}${more(r2)}      startup-delay: 2\n`);
}

/** How a run ended, and every reason that it gave. */
interface Sabotaged {
  end: End;
  why: string;
}

/** Runs it and fails when it passes, or ends otherwise or for another reason than it should. */
export async function expectNoPass(context: TestContext, sabotage: Sabotage): Promise<void> {
  const copy = await Copy.of(sabotage.topology);
  await sabotage.how(copy);
  const { end, why } = await runSabotaged(context, copy, sabotage.drill);
  expect(why).toMatch(sabotage.why);
  expect(sabotage.ends, why).toContain(end);
}

/** Runs one trial of a drill of a copy. A run that the machine starved is skipped, and the test says so. */
async function runSabotaged(context: TestContext, copy: Copy, drill: string): Promise<Sabotaged> {
  const results = await RunResults.create();
  const args = ['run', copy.file(`${drill}.drill.yml`), '--seed', '7', '--json', '--out', results.out];
  const done = await hadrill(args, { timeout_ms: TIMEOUT_MS });
  expect([0, 1, 2, 4], done.stderr).toContain(done.code);
  await expectNothingLeft(await results.lab());
  if (done.code === 2) return { end: 'refused', why: done.stderr };
  const journal = JSON.parse(done.stdout) as Journal;
  expect(done.code).toBe({ pass: 0, fail: 1, unknown: 4 }[journal.verdict]);
  const reasons = journal.trials.map(({ reason }) => reason ?? '');
  context.skip(
    journal.verdict === 'unknown' && reasons.some((reason) => /starved/.test(reason)),
    `${drill}: ${reasons.join('; ')}`,
  );
  const breached = journal.expectations
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ metric, verdict, observed }) => `${metric} ${verdict}: ${observed}`);
  return { end: journal.verdict, why: [...reasons, ...breached].join('\n') };
}
