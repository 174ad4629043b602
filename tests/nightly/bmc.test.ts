import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, portStates, processes } from '../support/faults.ts';
import { RunResults } from '../support/folder.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { killWhen, madeBy, nothingLeft } from '../support/kills.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

const TOPOLOGY = `${REPOSITORY}/topologies/lb/lb.clab.yml`;
const ROOT = '/redfish/v1';
const SYSTEM = `${ROOT}/Systems/1`;
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
const BMC_OF_LB2 = '198.19.0.102';
const KNOWN = ['-u', 'hadrill:hadrill'];
const AGENT = ['/usr/sbin/fence_redfish', '--ip', BMC_OF_LB2, '--ssl-insecure', '--systems-uri', SYSTEM];
const LOGIN = ['--username', 'hadrill', '--password', 'hadrill'];
/** A fence agent asks once a second whether the machine is off, or on. */
const AGENT_TIMEOUT = { timeout: 30_000, interval: 200 };

/** Two balancers with BMCs and nobody who would fence one by itself. */
async function machines(env: Record<string, string> = {}): Promise<Lab> {
  const name = freshName('bmc');
  const idle = { COROSYNC: 'off', PACEMAKERD: 'off', ...env };
  const lab = await up(engine, await loadTopology(TOPOLOGY, { env: idle }), { name });
  onTestFinished(async () => {
    lab.disconnect();
    await removeLabs(name);
  });
  return lab;
}

/** What the BMC of lb2 answers lb1: the status, and the body where it has one. */
async function ask(lab: Lab, path: string, ...more: string[]): Promise<{ status: string; body: unknown }> {
  const curl = ['curl', '-sk', '--max-time', '20', '-w', '\\n%{http_code}', ...more];
  const said = await output(lab, 'lb1', ...curl, `https://${BMC_OF_LB2}${path}`);
  const [body, status] = [said.slice(0, said.lastIndexOf('\n')), said.slice(said.lastIndexOf('\n') + 1)];
  return { status, body: body === '' ? undefined : JSON.parse(body) };
}

function reset(lab: Lab, type: string) {
  return ask(lab, RESET, ...KNOWN, '-d', JSON.stringify({ ResetType: type }));
}

async function powerState(lab: Lab): Promise<unknown> {
  const { body } = await ask(lab, SYSTEM, ...KNOWN);
  return (body as { PowerState?: unknown }).PowerState;
}

/** What Pacemaker runs, with its exit code. */
function fence(lab: Lab, ...words: string[]) {
  return lab.exec('lb1', ['timeout', '25', ...AGENT, ...words]);
}

async function macOf(lab: Lab, node: string): Promise<string> {
  return (await output(lab, node, 'cat', '/sys/class/net/front/address')).trim();
}

test('a BMC answers what a fence agent asks: off is a crash of the node, on is a start', async () => {
  const lab = await machines();
  // The service root is for everybody, all else for who is known.
  expect(await ask(lab, ROOT)).toMatchObject({
    status: '200',
    body: { Systems: { '@odata.id': `${ROOT}/Systems` } },
  });
  expect(await ask(lab, `${ROOT}/Systems`, ...KNOWN)).toMatchObject({
    status: '200',
    body: { Members: [{ '@odata.id': SYSTEM }] },
  });
  for (const who of [[], ['-u', 'hadrill:wrong']]) {
    expect(await ask(lab, SYSTEM, ...who)).toMatchObject({ status: '401' });
    expect(await ask(lab, RESET, ...who, '-d', '{"ResetType":"ForceOff"}')).toMatchObject({ status: '401' });
  }
  expect(await ask(lab, `${ROOT}/Managers`, ...KNOWN)).toMatchObject({ status: '404' });
  expect(await ask(lab, RESET, ...KNOWN, '-d', 'off')).toMatchObject({ status: '400' });
  expect(await reset(lab, 'PushPowerButton')).toMatchObject({ status: '400' });
  // Nothing of that has switched anything.
  expect(await powerState(lab)).toBe('On');

  const mac = await macOf(lab, 'lb2');
  const wrong = await fence(lab, '--username', 'hadrill', '--password', 'wrong', '--action', 'off');
  expect(wrong.exit_code, wrong.stderr).not.toBe(0);
  expect(await processes(lab, 'lb2')).not.toEqual([]);

  expect(await fence(lab, ...LOGIN, '--action', 'status')).toMatchObject({ exit_code: 0 });
  const off = await fence(lab, ...LOGIN, '--action', 'off');
  expect(off.exit_code, off.stderr).toBe(0);
  expect(await processes(lab, 'lb2').catch(() => [])).toEqual([]);
  expect(new Set(await portStates(lab, 'lb2'))).not.toContain('forwarding');
  expect(await powerState(lab)).toBe('Off');
  // fence_redfish: 2 is "the machine is off".
  expect(await fence(lab, ...LOGIN, '--action', 'status')).toMatchObject({ exit_code: 2 });
  // Off once more is nothing new.
  expect(await reset(lab, 'ForceOff')).toMatchObject({ status: '204' });

  const on = await fence(lab, ...LOGIN, '--action', 'on');
  expect(on.exit_code, on.stderr).toBe(0);
  await lab.power.settle();
  expect(await macOf(lab, 'lb2')).toBe(mac);
  expect(new Set(await portStates(lab, 'lb2'))).toEqual(new Set(['forwarding']));
  expect(await powerState(lab)).toBe('On');
  const again = lab.node('lb2').pid;
  expect(await reset(lab, 'ForceRestart')).toMatchObject({ status: '204' });
  await lab.power.settle();
  expect(lab.node('lb2').pid).not.toBe(again);
});

test('a BMC that does not answer lets its machine run, and the agent fail', async () => {
  const lab = await machines();
  const { injection } = await inject(lab, 'bmc-silent', 'lb2');
  const asked = await lab.exec('lb1', ['timeout', '5', ...AGENT, ...LOGIN, '--action', 'off']);
  expect(asked.exit_code).not.toBe(0);
  expect(await processes(lab, 'lb2')).not.toEqual([]);
  await injection.heal();
  expect(await powerState(lab)).toBe('On');
});

test('a BMC that refuses lets its machine run, and the agent fail when it has waited for long enough', async () => {
  const lab = await machines();
  const { injection } = await inject(lab, 'bmc-refuses', 'lb2');
  expect(await reset(lab, 'ForceOff')).toMatchObject({ status: '503' });
  expect(await powerState(lab)).toBe('On');
  // It does not look at the status of the answer: what it asks for afterwards tells it.
  const asked = await fence(lab, ...LOGIN, '--action', 'off', '--power-timeout', '3');
  expect(asked.exit_code, asked.stderr).not.toBe(0);
  expect(await processes(lab, 'lb2')).not.toEqual([]);
  const events = await lab.agent.call('power_events', { since_ns: 0 });
  expect(events, 'nobody switched anything').toEqual([]);
  await injection.heal();
  expect(await fence(lab, ...LOGIN, '--action', 'off')).toMatchObject({ exit_code: 0 });
});

test('a slow BMC takes the power later, once, and says so meanwhile', async () => {
  const lab = await machines({ OFF_AFTER: '3s' });
  const began_ms = performance.now();
  expect(await reset(lab, 'ForceOff')).toMatchObject({ status: '204' });
  expect(await powerState(lab)).toBe('PoweringOff');
  expect(await processes(lab, 'lb2')).not.toEqual([]);
  // On cannot call it back, and off is under way already.
  expect(await reset(lab, 'On')).toMatchObject({ status: '204' });
  expect(await reset(lab, 'ForceOff')).toMatchObject({ status: '204' });
  await expect.poll(() => powerState(lab), AGENT_TIMEOUT).toBe('Off');
  expect(performance.now() - began_ms).toBeGreaterThanOrEqual(3000);
  expect(await reset(lab, 'On')).toMatchObject({ status: '204' });
  // What was asked for twice was done once: it stays on.
  await lab.power.settle();
  expect(await powerState(lab)).toBe('On');
  // What is healed waits for a machine that is yet to be turned off, and turns it on.
  expect(await reset(lab, 'ForceOff')).toMatchObject({ status: '204' });
  await lab.power.restore(lab.nodes);
  expect(await powerState(lab)).toBe('On');
  const events = await lab.agent.call('power_events', { since_ns: 0 });
  expect(events.filter(({ act, changed }) => act === 'off' && changed)).toHaveLength(2);
});

test('a run that is killed while a node is off leaves nothing behind', async () => {
  const { out } = await RunResults.create();
  const args = ['run', 'lb/split-brain', '--var', 'STONITH_ACTION=off', '--out', out];
  const killed = await killWhen(args, ({ pid }) =>
    waitUntil({
      what: 'a balancer to be turned off',
      timeout_ms: 110_000,
      check: async () =>
        (await madeBy(pid)).some(
          ({ State: state, Labels: labels }) =>
            state === 'exited' && labels['hadrill.node']?.startsWith('lb'),
        ),
    }),
  );
  await nothingLeft(killed);
});
