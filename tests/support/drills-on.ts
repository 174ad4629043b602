import { expect, test } from 'vitest';
import type { Engine } from '../../harness/engine/connect.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from './folder.ts';
import { hadrill } from './hadrill.ts';
import { skipIfStarved } from './skip-starved.ts';

/** One of each family. */
const DRILLS = ['l3/node-crash', 'dhcp/node-crash', 'lb/haproxy-kill', 'metadata/agent-kill'];
/** The images that they and `doctor` need. */
export const DRILL_IMAGES = 'base fabric endpoint router dhcp dhcp-client cluster network-node'.split(' ');

/** An engine of the tests' own. */
interface OtherEngine {
  env: Record<string, string>;
  connect(): Promise<Engine>;
}

/**
 * Declares the tests that every engine must pass: `doctor` finds nothing missing, one drill of each family passes.
 * @param name the engine's, as `doctor` says it.
 */
export function drillsOn(name: string, given: () => OtherEngine): void {
  test('doctor finds nothing missing', async () => {
    const done = await hadrill(['doctor'], { env: given().env });
    expect(done, done.stdout).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(new RegExp(`^ok +engine +${name} \\d`, 'm'));
  });

  test.for(DRILLS)('%s passes, and leaves nothing', async (drill, context) => {
    const { out } = await RunResults.create();
    const options = ['--trials', '1', '--seed', '7', '--json', '--out', out];
    const done = await hadrill(['run', drill, ...options], { env: given().env, timeout_ms: 300_000 });
    expect([0, 1, 4], done.stderr).toContain(done.code);
    const journal = JSON.parse(done.stdout) as Journal;
    expect(journal.environment.engine).toMatch(new RegExp(`^${name} \\d`));
    const { docker } = await given().connect();
    expect(await docker.listContainers({ all: true })).toEqual([]);
    const [trial] = journal.trials;
    skipIfStarved(context, drill, journal.trials);
    expect(journal.verdict, trial!.reason).toBe('pass');
  });
}
