import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { listLabs } from '../../harness/lab/list-labs.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { metric, runOrSkip as run } from '../support/drills.ts';
import { inject, output, pings, portStates } from '../support/faults.ts';
import { freshFile, freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { huntRandom, killWhen, nothingLeft } from '../support/kills.ts';
import { changesSince, labState } from '../support/lab-state.ts';
import { engine, freshName, labContainers, removeLabs, topologyFile } from '../support/labs.ts';

const NEW = { image: 'hadrill/router' };
/** At random moments: while it is applied, is in effect, and is healed. */
const KILLS = Number(process.env.HADRILL_TEST_UPGRADE_KILLS ?? 4);
const LASTS_MS = 6000;

describe('upgrade', () => {
  const name = freshName('upgrade');
  const bad = `${freshName('hadrill-test')}:bad`;
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
    await lab.release();
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
    await engine.docker
      .getImage(bad)
      .remove()
      .catch(() => undefined);
  });

  const idOf = (node: string) => lab.node(node).container_id;
  const imageOf = async (node: string) =>
    (await engine.docker.getContainer(idOf(node)).inspect()).Config.Image;
  const hasConntrackd = async (node: string) =>
    (await lab.exec(node, ['sh', '-c', 'command -v conntrackd'])).exit_code === 0;

  async function expectAsBefore(ids: readonly string[]): Promise<void> {
    expect(['victim1', 'victim2'].map(idOf)).toEqual(ids);
    expect((await labContainers(name)).map(({ State: state }) => state)).toEqual(Array(4).fill('running'));
    expect(await portStates(lab, 'victim1', 'victim2')).toEqual(['forwarding', 'forwarding']);
    expect(await hasConntrackd('victim1')).toBe(false);
    for (const address of ['198.18.1.1', '198.18.1.2']) await pings(lab, 'peer', address);
  }

  test('a host: its nodes run the other image with their wires and `exec`, and get their own containers back', async () => {
    const ids = ['victim1', 'victim2'].map(idOf);
    await output(lab, 'victim1', 'sh', '-c', 'echo kept > /root/file');
    const { injection } = await inject(lab, 'upgrade', 'host:machine1', NEW);
    expect(injection.fault).toMatchObject({ departure: 'graceful', comes_back: true });
    expect(injection.fault.notes?.join()).toMatch(
      /^victim1, victim2: hadrill\/router:\w+ \(sha256:\w+\) in place of hadrill\/endpoint:\w+ \(sha256:\w+\); .*conntrackd [\d.]+, before none/,
    );
    for (const node of ['victim1', 'victim2']) {
      expect(await imageOf(node)).toMatch(/^hadrill\/router:/);
      expect(await hasConntrackd(node)).toBe(true);
    }
    expect(await output(lab, 'victim2', 'cat', '/run/configured')).toBe('yes\n');
    for (const address of ['198.18.1.1', '198.18.1.2']) await pings(lab, 'peer', address);

    const listed = (await listLabs(engine)).find((one) => one.lab === name)!;
    expect(listed.nodes.map(({ node }) => node)).toEqual(['fabric', 'peer', 'victim1', 'victim2']);
    const found = await findLab(engine, name);
    expect(found.node('victim1')).toMatchObject({
      container_id: idOf('victim1'),
      own: { container_id: ids[0] },
    });
    found.disconnect();

    await injection.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    await expectAsBefore(ids);
    expect(await output(lab, 'victim1', 'cat', '/root/file')).toBe('kept\n');
    const { StartedAt: started } = (await engine.docker.getContainer(ids[0]!).inspect()).State;
    await injection.fault.heal();
    const { State: state } = await engine.docker.getContainer(ids[0]!).inspect();
    expect(state.StartedAt, 'healing twice is harmless').toBe(started);
  });

  test('a node that is upgraded already is refused, by the same command and by another, and stays upgraded', async () => {
    const ids = ['victim1', 'victim2'].map(idOf);
    const { injection } = await inject(lab, 'upgrade', 'victim1', NEW);
    const again = /node 'victim1' is upgraded already, to hadrill\/router:\w+: heal that first/;
    await expect(inject(lab, 'upgrade', 'victim1', NEW)).rejects.toThrow(again);
    const { code, stderr } = await hadrill([
      ...['fault', name, 'upgrade', 'victim1', '--option', 'image=hadrill/router', '--for', '1s'],
    ]);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(again);
    await pings(lab, 'peer', '198.18.1.1');
    await injection.heal();
    await expectAsBefore(ids);
  });

  test('what ended with the new image is replaced by the own container, too', async () => {
    const ids = ['victim1', 'victim2'].map(idOf);
    const { injection } = await inject(lab, 'upgrade', 'victim1', NEW);
    const { injection: crash } = await inject(lab, 'crash', 'victim1');
    await injection.heal();
    await crash.heal();
    await expectAsBefore(ids);
  });

  test('an image that does not start: that is said, and the node has its own container again', async () => {
    const ids = ['victim1', 'victim2'].map(idOf);
    const [repo, tag] = bad.split(':');
    await engine.docker
      .getContainer(ids[0]!)
      .commit({ repo, tag, changes: 'ENTRYPOINT ["sh", "-c", "echo will not; exit 7"]' });
    const said = /victim1.* stopped right after its start with exit code 7[\s\S]*will not/;
    await expect(inject(lab, 'upgrade', 'victim1', { image: bad })).rejects.toThrow(said);
    await expectAsBefore(ids);
  });

  test('an image that there is not: refused before anything is stopped, or built', async () => {
    const ids = ['victim1', 'victim2'].map(idOf);
    const missing = 'hadrill/rooter';
    const { StartedAt: started } = (await engine.docker.getContainer(ids[0]!).inspect()).State;
    const words = ['fault', name, 'upgrade', 'victim1', '--option', `image=${missing}`, '--for', '1s'];
    const by_hand = await hadrill(words);
    expect(by_hand).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean hadrill/router'),
    });
    const { State: state } = await engine.docker.getContainer(ids[0]!).inspect();
    expect(state.StartedAt).toBe(started);
    await expectAsBefore(ids);
    const drill = await freshFile(
      'missing.drill.yml',
      [
        'description: an image that there is not',
        `topology: ${topologyFile('hosts')}`,
        'probes:',
        '  udp: { kind: udp, from: peer, to: victim1, address: 198.18.1.1 }',
        'fault:',
        '  kind: upgrade',
        '  target: victim1',
        `  options: { image: ${missing} }`,
        'expect: [{ metric: udp.outages, op: "==", value: 1 }]',
      ].join('\n'),
    );
    const run_of = await hadrill(['run', drill, '--out', await freshFolder()]);
    expect(run_of.code, run_of.stderr).toBe(2);
    expect(run_of.stderr).toMatch(/missing\.drill\.yml:8:\d+.*hadrill\/rooter/);
  });

  test('killed at any moment, the command leaves nothing: the fabric gives each node its own container back', async () => {
    const random = huntRandom();
    await sleep(1000);
    const before = await labState(name);
    for (let at = 0; at < KILLS; at += 1) {
      const words = ['fault', name, 'upgrade', 'victim1', '--option', 'image=hadrill/router', '--for', '1s'];
      const done = await killWhen(words, () => sleep(random.unit() * LASTS_MS));
      await nothingLeft(done, async () => changesSince(before, await labState(name)));
      await pings(lab, 'peer', '198.18.1.1');
    }
  });
});

test('rolling-upgrade: one takeover, and sessions survive; without conntrackd none does', async (context) => {
  for (const [drill, survived] of [
    ['l3/rolling-upgrade', 1],
    ['l3/rolling-upgrade-no-conntrackd', 0],
  ] as const) {
    const { code, journal, stderr } = await run(context, drill);
    expect(code, stderr).toBe(0);
    const [trial] = journal.trials;
    expect(trial!.faults).toMatchObject(Array(2).fill({ kind: 'upgrade', verified: true }));
    expect(trial!.faults.every(({ reverted_at }) => reverted_at !== null)).toBe(true);
    expect(trial!.notes?.join()).toMatch(/hadrill\/router-next:\w+ .* in place of hadrill\/router:\w+/);
    expect(metric(trial!, 'vip.takeovers')).toBe(1);
    expect(metric(trial!, 'tcp.survived_ratio')).toBe(survived);
  }
});
