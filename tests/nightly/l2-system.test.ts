/** What the system l2 finds on real switches: each of its audits fails once, and machines come and go. */
import { describe, expect, test } from 'vitest';
import { rebuildJournal } from '../../harness/analysis/rebuild-journal.ts';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import type { Trial } from '../../harness/journal/journal.ts';
import { formats } from '../../harness/report/formats.ts';
import { freshFolder } from '../support/folder.ts';
import { drillFile, engine } from '../support/labs.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

async function run(name: string, variables: Record<string, string> = {}) {
  const drill = await loadDrill(drillFile(name), undefined, { variables });
  return runDrill(engine, drill, { trials: 1, seed: 7, out: await freshFolder(), keep: false });
}

const failed = ({ audits }: Trial) =>
  audits.filter(({ verdict }) => verdict === 'fail').map(({ name, detail }) => `${name}: ${detail}`);

describe('something is wrong on a switch at the end, or was in the trial', () => {
  test.for([
    {
      what: "a port's tag is changed by hand: it is in the other network",
      sabotage: 'ovs-vsctl --no-wait set port vm1 tag=2',
      found: [
        /^ports: sw1: vm1 has tag 2, and its network 1$/,
        /^isolation: \d+ frames of vm1 \(VLAN 10\) came to vm4 \(VLAN 20\)/,
      ],
    },
    {
      what: 'a flow is gone',
      sabotage: 'ovs-ofctl --strict del-flows br-phys priority=0',
      found: [/^flows: sw1 lacks 'br-phys: priority=0 actions=NORMAL'$/],
    },
    {
      what: 'two wires between two switches, for 0.2 s',
      sabotage: 'ovs-vsctl add-port br-phys spare; sleep 0.2; ovs-vsctl del-port spare',
      found: [/^no-loop: on wire w\d \d+ frames came by that had been there/],
    },
  ])('$what', async ({ sabotage, found }) => {
    const { journal } = await run('switch-sabotage', { SABOTAGE: sabotage });
    const [trial] = journal.trials;
    const seen = failed(trial!);
    for (const one of found) expect(seen).toContainEqual(expect.stringMatching(one));
    expect(seen).toHaveLength(found.length);
    expect(journal.verdict).toBe('fail');
  });

  test('nothing is wrong', async (context) => {
    const { journal } = await run('switch-sabotage');
    skipIfStarved(context, 'switch-sabotage', journal.trials);
    expect(failed(journal.trials[0]!)).toEqual([]);
    expect(journal.trials[0]!.metrics).toMatchObject({ 'l2.leaked': 0, 'l2.looped': 0, 'l2.pairs_cut': 0 });
  });
});

test('a machine goes and comes back: wired in the next turn of the agent, and nobody else notices', async (context) => {
  const { journal, folder } = await run('switch-port-gone');
  skipIfStarved(context, 'switch-port-gone', journal.trials);
  const [trial] = journal.trials;
  expect(trial!.verdict, trial!.reason).toBe('pass');
  expect(journal.verdict).toBe('pass');
  expect(trial!.metrics).toMatchObject({ 'l2.pairs': 2, 'l2.pairs_cut': 1, 'l2.unwired': 0 });
  expect((await rebuildJournal(folder)).trials).toEqual(journal.trials);
  for (const name of ['text', 'md', 'html']) {
    const text = formats.get(name)!.render(journal, { width: 100, colour: false });
    expect(text, name).toMatch(/ACROSS/i);
    expect(text, name).toContain('netdev, in user space: it is a part of ovs-vswitchd');
  }
});

test('a machine goes and comes back between two looks of the agent: its port is wired in the next', async (context) => {
  const { journal } = await run('switch-port-replugged');
  skipIfStarved(context, 'switch-port-replugged', journal.trials);
  const [trial] = journal.trials;
  expect(trial!.verdict, trial!.reason).toBe('pass');
  expect(failed(trial!)).toEqual([]);
});

test('control: with the agent dead the port is not wired until the healing', async (context) => {
  const { journal } = await run('switch-port-gone-agent-dead');
  skipIfStarved(context, 'switch-port-gone-agent-dead', journal.trials);
  const [trial] = journal.trials;
  expect(journal.verdict, trial!.reason).toBe('pass');
  expect(trial!.missing_bounds?.['l2.wired_ms']).toBe(
    "the agent of 'sw1' did not run: nothing wires a new port",
  );
});
