import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../harness/faults/resolve-target.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { parseTarget } from '../../harness/systems/roles.ts';
import { proveOneOwner } from '../../harness/systems/vrrp/live/prove-one-owner.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings } from '../support/faults.ts';
import { hadrill, REPOSITORY, startHadrill } from '../support/hadrill.ts';
import {
  engine,
  expectNothingLeft,
  freshLab,
  freshName,
  removeLabs,
  topologyFile,
  waitNothingLeft,
} from '../support/labs.ts';
import { addPoliteService, pidsOf, statesOf } from '../support/services.ts';

describe('hang of a router’s daemon', () => {
  const name = freshName('hang');
  let lab: Lab;
  beforeAll(async () => {
    const env = { ADVERT_INT: '0.1' };
    lab = await up(engine, await loadTopology(`${REPOSITORY}/topologies/l3/l3.clab.yml`, { env }), { name });
    await proveOneOwner(lab);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test('it stops, keeps its address, the other takes over; it goes on when it is healed', async () => {
    const master = await resolveTarget(lab, parseTarget('master(router)'));
    const node = master.form === 'node' ? master.node : '';
    const before = await pidsOf(lab, node, 'keepalived');
    const { injection } = await inject(lab, 'hang', 'master(router)/keepalived');
    expect(injection.record).toMatchObject({ resolved: `${node}/keepalived`, verified: true });
    expect(injection.fault).toMatchObject({ departure: 'abrupt', stops_forwarding: false });
    expect(new Set(await statesOf(lab, node, 'keepalived'))).toEqual(new Set(['T']));
    const held = async () => Object.entries(await lab.agent.call('held_addresses', {}));
    const holders = async () =>
      (await held()).filter(([, held]) => held.includes('198.18.1.1')).map(([holder]) => holder);
    await waitUntil({
      what: 'both to hold the address',
      timeout_ms: 15_000,
      check: async () => (await holders()).length === 2,
    });
    await injection.heal();
    expect(await statesOf(lab, node, 'keepalived')).not.toContain('T');
    expect(await pidsOf(lab, node, 'keepalived'), 'the same processes').toEqual(before);
    await proveOneOwner(lab);
    await pings(lab, 'client', '203.0.113.1');
  });
});

describe('hang of endpoints', () => {
  const name = freshName('hang');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
    await lab.release();
    await addPoliteService(lab, 'victim1');
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** States of every process of a node, as its own ps(1) sees them, but for that ps and for what has ended. */
  async function statesIn(node: string): Promise<string[]> {
    const lines = (await output(lab, node, 'ps', '-e', '-o', 'stat=,comm=')).trim().split('\n');
    return lines
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([state, comm]) => (comm === 'ps' || state![0] === 'Z' ? [] : [state![0]!]));
  }

  test('a host: every process of its nodes stops, the kernel answers on; healing twice is harmless', async () => {
    // Starts processes all the time: none of them may get away.
    await output(lab, 'victim2', 'sh', '-c', '(while :; do sleep 0.002; done) > /dev/null 2>&1 &');
    const { injection, notes } = await inject(lab, 'hang', 'host:machine1');
    expect(injection.record).toMatchObject({ resolved: 'host:machine1 (victim1, victim2)', verified: true });
    expect(injection.applied_error_ns).toBeGreaterThan(0);
    for (const node of ['victim1', 'victim2'])
      expect(new Set(await statesIn(node)), node).toEqual(new Set(['T']));
    expect(await statesIn('peer'), 'the other host is untouched').not.toContain('T');
    await pings(lab, 'peer', '198.18.1.1');
    await sleep(200);
    expect(new Set(await statesIn('victim2')), 'nothing started since').toEqual(new Set(['T']));
    await injection.heal();
    for (const node of ['victim1', 'victim2']) expect(await statesIn(node), node).not.toContain('T');
    await injection.fault.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    expect(notes).toEqual(['apply', 'revert']);
  });

  test('a process that somebody killed while it hung is started again', async () => {
    const { injection } = await inject(lab, 'hang', 'victim1/polite');
    const [hung] = await pidsOf(lab, 'victim1', 'polite');
    expect(await statesOf(lab, 'victim1', 'polite')).toEqual(['T']);
    await output(lab, 'victim1', 'pkill', '-KILL', '-x', 'polite');
    await injection.heal();
    expect(await statesOf(lab, 'victim1', 'polite')).not.toContain('T');
    expect(await pidsOf(lab, 'victim1', 'polite')).not.toContain(hung);
  });

  test('an unknown process: says which there are', async () => {
    await expect(inject(lab, 'hang', 'victim1/polit')).rejects.toThrow(
      /no process named 'polit' runs on 'victim1'; these do: .*polite/,
    );
  });

  test.each(['victim1/polite', 'host:machine1'])(
    'when the command is killed while %s hangs, the fabric lets it go on',
    async (target) => {
      const command = startHadrill(['fault', name, 'hang', target]);
      await command.said(/^hang of .*, at /m);
      expect(await statesOf(lab, 'victim1', 'polite')).toEqual(['T']);
      command.signal('SIGKILL');
      await command.ended;
      await waitUntil({
        what: 'the fabric to have let it go on',
        timeout_ms: 20_000,
        check: async () => !(await statesOf(lab, 'victim1', 'polite')).includes('T'),
      });
      expect(await statesIn('victim2')).not.toContain('T');
    },
  );
});

describe('a lab with a hung node can be removed', () => {
  async function hungLab(lab_name: string): Promise<Lab> {
    const lab = await up(engine, await loadTopology(topologyFile('service')), { name: lab_name });
    await inject(lab, 'hang', 'server');
    return lab;
  }

  test('by down', async () => {
    const lab_name = freshLab('hung');
    const lab = await hungLab(lab_name);
    await lab.release();
    // Its guard would heal it if the connection ended.
    expect((await hadrill(['down', lab_name])).code).toBe(0);
    lab.disconnect();
    await expectNothingLeft(lab_name);
  });

  test('by its fabric, when the harness is gone', async () => {
    const lab_name = freshLab('hung');
    (await hungLab(lab_name)).disconnect();
    await waitNothingLeft(lab_name, 30_000);
  });
});
