import { expect, test } from 'vitest';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { Ways } from '../../../../harness/systems/l2/config/ways.ts';
import {
  causesOfPortLoss,
  portLoss,
  wiresOfPortLoss,
} from '../../../../harness/systems/l2/findings/port-loss.ts';
import { SECOND } from './l2-trial.ts';

const wire = (name: string, node: string, peer: string) => ({
  interface: name,
  segment: name,
  peers: [{ node, interface: peer, mac: '' }],
});
const { settings } = readSwitchSettings({ POLLING_INTERVAL: '2' }, []);
const SWITCHES = [
  {
    node: 'sw1',
    settings,
    wires: [wire('vm1', 'vm1', 'eth1'), wire('vm2', 'vm2', 'eth1'), wire('trunk', 'sw2', 'trunk')],
  },
  { node: 'sw2', settings, wires: [wire('vm3', 'vm3', 'eth1'), wire('trunk', 'sw1', 'trunk')] },
];
const WAYS = new Ways(
  [
    ['vm1', 'sw1'],
    ['vm2', 'sw1'],
    ['sw1', 'sw2'],
    ['vm3', 'sw2'],
  ],
  SWITCHES,
);
const FAULT = { label: '', stops_forwarding: false, before_ns: 9.9 * SECOND, after_ns: 10 * SECOND };
const lost = (resolved: string, more = {}) =>
  portLoss({ kind: 'unplug', resolved }, { ...FAULT, ...more }, SWITCHES)!;

test.each(['sw1:vm1', 'vm1:eth1'])(
  '%s out of its switch: vm1 has nobody until healing, and all others everybody',
  (resolved) => {
    const [cut, spared] = causesOfPortLoss(lost(resolved), WAYS);
    expect(cut).toEqual({
      reaches: { kind: 'between', pairs: new Set(['vm1 vm2', 'vm1 vm3']) },
      missing: 'port vm1 of sw1 is out of its switch until healing',
    });
    expect(spared).toMatchObject({
      reaches: { kind: 'between', pairs: new Set(['vm2 vm3']) },
      bound: { low: 0, high: 0 },
    });
    expect(wiresOfPortLoss(lost(resolved))).toMatchObject([{ node: 'vm1', interface: 'eth1' }]);
  },
);

test('one that is plugged in again before the end is back when the agent has wired it', () => {
  const mended = { from_ns: 15 * SECOND, until_ns: 15.1 * SECOND };
  // 15.1 s - 9.9 s, the agent's turn every 2 s, and 0.5 s to wire it.
  expect(lost('vm1:eth1', { mended }).gap).toMatchObject({ low: 5000, high: 5200 + 2000 + 500 });
});

test('another fault took no port, and a wire of no switch is none', () => {
  expect(portLoss({ kind: 'cut', resolved: 'vm1:eth1' }, FAULT, SWITCHES)).toBeUndefined();
  expect(portLoss({ kind: 'unplug', resolved: 'vm9:eth1' }, FAULT, SWITCHES)).toBeUndefined();
});
