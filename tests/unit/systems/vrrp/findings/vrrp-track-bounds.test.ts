import { describe, expect, it } from 'vitest';
import { vrrpInstances } from '../../../../../harness/systems/vrrp/config/keepalived-instances.ts';
import type {
  ScriptTrack,
  VrrpInstance,
  VrrpTrack,
} from '../../../../../harness/systems/vrrp/config/vrrp-instance.ts';
import { lossOutcome, scriptBound } from '../../../../../harness/systems/vrrp/findings/vrrp-track-bounds.ts';

const script = (more: Partial<ScriptTrack> = {}): ScriptTrack => ({
  kind: 'script',
  name: 'chk',
  command: "'/usr/bin/pidof' 'haproxy'",
  weight: 0,
  reverse: false,
  interval_ms: 1000,
  timeout_ms: 1000,
  rise: 2,
  fall: 2,
  up: true,
  ...more,
});
const iface = (name: string, weight = 0): VrrpTrack => ({
  kind: 'interface',
  name,
  weight,
  reverse: false,
  up: true,
});

function member(node: string, effective_priority: number, more: Partial<VrrpInstance> = {}) {
  const conf = `vrrp_instance GW {\ninterface in\nvirtual_router_id 61\nvirtual_ipaddress {\n198.18.1.100/24\n}\n}`;
  const [instance] = vrrpInstances({ node, keepalived_conf: conf }).instances;
  return { node, instance: { ...instance!, priority: 100, effective_priority, tracks: [], ...more } };
}

const KILL = { kind: 'process', name: 'haproxy', how: 'kill' } as const;

describe('lossOutcome', () => {
  it('without a weight: the check, then the skew of the backup', () => {
    const owner = member('b1', 103, { tracks: [script()] });
    expect(lossOutcome(owner, [member('b2', 100, { tracks: [script()] })], KILL)).toEqual({
      moves: true,
      node: 'b2',
      by: 'chk',
      bound: {
        low: 1000 + 609.375,
        high: 2000 + 609.375,
        from: "script 'chk' every 1 s: 1 x 1 s to 2 x 1 s; then VRRPv2: priority 0, then skew 0.609 s",
      },
    });
  });

  it('with a weight: only the lower priority is advertised, so the Master_Down timer has to run out', () => {
    const owner = member('b1', 105, { priority: 103, tracks: [script({ weight: 2 })] });
    const outcome = lossOutcome(owner, [member('b2', 104, { tracks: [script({ weight: 2 })] })], KILL);
    expect(outcome).toMatchObject({ moves: true, node: 'b2' });
    expect(outcome?.moves === true && outcome.bound).toMatchObject({
      low: 1000 + 2593.75,
      high: 2000 + 3593.75,
    });
  });

  it.each([
    [
      150,
      100,
      -20,
      "'chk': priority 150 - 20 = 130 of b1 stays at or above b2's 100: this check can never move the address",
    ],
    [
      105,
      102,
      2,
      "'chk': priority 105 - 2 = 103 of b1 stays at or above b2's 102: this check can never move the address",
    ],
    // Equal is not enough: a backup takes such adverts.
    [
      102,
      100,
      2,
      "'chk': priority 102 - 2 = 100 of b1 stays at or above b2's 100: this check can never move the address",
    ],
  ])('%i, the other %i, weight %i: it can never move', (own, other, weight, why) => {
    const owner = member('b1', own, { tracks: [script({ weight })] });
    expect(lossOutcome(owner, [member('b2', other)], KILL)).toEqual({ moves: false, why });
  });

  it('a backup that may not preempt never takes over for a lower priority', () => {
    const owner = member('b1', 105, { tracks: [script({ weight: 10 })] });
    const why = expect.stringContaining('b2 has nopreempt: this check can never move the address');
    expect(lossOutcome(owner, [member('b2', 100, { nopreempt: true })], KILL)).toEqual({ moves: false, why });
    const third = [member('b2', 100, { nopreempt: true }), member('b3', 99)];
    expect(lossOutcome(owner, third, KILL)).toMatchObject({ moves: true, node: 'b3' });
  });

  it('says so where weights leave it open', () => {
    const owner = member('b1', 105, { tracks: [script({ weight: 10 })] });
    const other = member('b2', 90, { priority: 90, tracks: [script({ weight: 50 })] });
    const { effective_priority: _, ...unasked } = other.instance;
    expect(lossOutcome(owner, [{ node: 'b2', instance: unasked }], KILL)).toMatchObject({ moves: 'unknown' });
  });

  it('waits for a preempt_delay', () => {
    const owner = member('b1', 105, { tracks: [script({ weight: 10 })] });
    const outcome = lossOutcome(owner, [member('b2', 100, { preempt_delay_ms: 5000 })], KILL);
    expect(outcome).toMatchObject({
      bound: { low: 1000 + 2609.375 + 5000, high: 2000 + 3609.375 + 5000 + 1000 },
    });
  });

  it('knows what a check looks at, and leaves out what it does not', () => {
    const others = [member('b2', 100)];
    const outcome = (command: string, loss = KILL as Parameters<typeof lossOutcome>[2]) =>
      lossOutcome(member('b1', 103, { tracks: [script({ command })] }), others, loss)?.moves;
    expect(outcome("'/usr/bin/killall' '-0' 'haproxy'")).toBe(true);
    expect(outcome(`'/bin/sh' '-c' 'pgrep -x haproxy >/dev/null'`)).toBe(true);
    expect(outcome("'systemctl' 'is-active' 'haproxy.service'")).toBe(true);
    expect(outcome("'/usr/bin/pidof' 'nginx'")).toBeUndefined();
    expect(outcome("'/etc/keepalived/check.sh'")).toBeUndefined();
    expect(outcome("'/usr/bin/pidof' 'haproxy'", { ...KILL, how: 'hang' })).toBeUndefined();
    const failed = member('b1', 103, { tracks: [script({ up: false })] });
    expect(lossOutcome(failed, others, KILL)).toBeUndefined();
  });

  it('a process that is tracked: at once, or after its delay', () => {
    const track: VrrpTrack = {
      ...{
        kind: 'process',
        name: 'hap',
        process: '/usr/sbin/haproxy -f x',
        weight: 0,
        reverse: false,
        up: true,
      },
      ...{ quorum: 1, quorum_max: undefined, fork_delay_ms: 0, terminate_delay_ms: 500 },
    };
    const outcome = lossOutcome(member('b1', 103, { tracks: [track] }), [member('b2', 100)], KILL);
    expect(outcome).toMatchObject({ moves: true, bound: { low: 500 + 609.375, high: 500 + 609.375 } });
  });

  it('an interface: another one leaves the farewell, its own takes it away', () => {
    const owner = member('b1', 103, { tracks: [iface('in'), iface('out'), iface('ha', -10)] });
    const others = [member('b2', 100)];
    const lost = (name: string) => lossOutcome(owner, others, { kind: 'interface', name });
    expect(lost('out')).toMatchObject({ bound: { low: 609.375, high: 609.375 } });
    expect(lost('in')).toMatchObject({ bound: { low: 2609.375, high: 3609.375 } });
    expect(lost('ha')).toMatchObject({ bound: { low: 2609.375, high: 3609.375 } });
    expect(lost('lo')).toBeUndefined();
  });

  it("takes a sync group's other instances along", () => {
    const owner = member('b1', 103, { sync_group: 'G' });
    const sibling = { ...owner.instance, name: 'OUT', tracks: [iface('out')] };
    const lost = (siblings: VrrpInstance[]) =>
      lossOutcome(owner, [member('b2', 100)], { kind: 'interface', name: 'out' }, siblings);
    expect(lost([sibling])).toMatchObject({ moves: true, bound: { high: 609.375 } });
    expect(lost([{ ...sibling, sync_group: 'H' }])).toBeUndefined();
  });

  it("with VRRPv3 the master's interval counts", () => {
    const owner = member('b1', 103, { version: 3, advert_int_ms: 500, tracks: [script()] });
    const other = member('b2', 128, { version: 3, advert_int_ms: 3000 });
    expect(lossOutcome(owner, [other], KILL)).toMatchObject({ bound: { low: 1000 + 250, high: 2000 + 250 } });
  });
});

describe('the time of a check', () => {
  it('counts its runs', () => {
    expect(scriptBound(script({ fall: 3, interval_ms: 2000 }))).toMatchObject({ low: 4000, high: 6000 });
    expect(scriptBound(script({ fall: 1 }))).toMatchObject({ low: 0, high: 1000 });
  });
});
