import { describe, expect, it } from 'vitest';
import {
  type LeaseGroup,
  type LeaseRequest,
  leaseFindings,
} from '../../../../harness/probes/dhcp/records/dhcp-leases.ts';

const S = 1e9;
const [A, B] = ['198.18.16.2', '198.18.16.3'];
const FAULT_S = 10;
const HEAL_S = 20;

type Outcome = 'ack' | 'nak' | 'none';
/** Of lease 0; an answer comes after 5 ms, of A unless told. */
const request = (
  op: LeaseRequest['op'],
  sent_s: number,
  outcome: Outcome,
  more: Partial<LeaseRequest> = {},
): LeaseRequest => ({
  lease: 0,
  group: 'rebind',
  op,
  sent_ns: sent_s * S,
  granted_by: A,
  outcome,
  server: outcome === 'none' ? null : A,
  address: outcome === 'ack' ? '198.18.17.0' : null,
  at_ns: outcome === 'none' ? null : sent_s * S + 5e6,
  ...more,
});
const findings = (requests: LeaseRequest[]) => leaseFindings(requests, FAULT_S * S, HEAL_S * S);
const group = (name: LeaseGroup, requests: LeaseRequest[]) =>
  requests.map((one): LeaseRequest => ({ ...one, group: name }));

describe('leaseFindings', () => {
  it('counts the RENEWs of the whole trial', () => {
    const all = [request('acquire', 1, 'ack'), request('renew', 2, 'ack'), request('renew', 30, 'nak')];
    expect(findings(all)).toMatchObject({ renews: 2, renew_naks: 1, orphans: 0 });
  });

  it('a lease whose RENEW is not answered after the fault is an orphan; one that another server renews is none any more', () => {
    const found = findings([
      request('renew', 9.5, 'none'),
      request('rebind', 10.5, 'none'),
      request('rebind', 11.5, 'ack', { server: B }),
      request('renew', 12.5, 'ack', { granted_by: B, server: B }),
      request('rebind', 14, 'none'),
    ]);
    expect(found.orphans).toBe(1);
    expect(found.groups.rebind).toEqual({ acked_ratio: 0.5, acked_ms: 5 });
    expect(found.groups.renew).toEqual({ acked_ratio: undefined, acked_ms: undefined });
  });

  it('a RENEW that was over before the fault, or sent after the healing, makes no orphan', () => {
    expect(findings([request('renew', 8.9, 'none')]).orphans).toBe(0);
    expect(findings([request('renew', 9.1, 'none')]).orphans).toBe(1);
    expect(findings([request('renew', 20, 'none')]).orphans).toBe(0);
  });

  it('counts the RENEWs behind the one by which the loss was found, in the group renew', () => {
    const lost = group('renew', [
      request('renew', 11, 'none'),
      request('renew', 12, 'none'),
      request('renew', 13, 'none'),
    ]);
    expect(findings(lost).groups.renew.acked_ratio).toBe(0);
    expect(findings(lost.slice(0, 1)).groups.renew.acked_ratio).toBeUndefined();
    expect(findings([...lost, ...group('renew', [request('renew', 14, 'ack')])]).groups.renew).toEqual({
      acked_ratio: 1 / 3,
      acked_ms: 5,
    });
  });

  it('what was not decided when healing began is not counted', () => {
    const at = (sent_s: number, outcome: Outcome) =>
      findings([
        request('renew', 11, 'none'),
        request('rebind', 12, 'none'),
        request('rebind', sent_s, outcome),
      ]).groups.rebind.acked_ratio;
    expect(at(19.5, 'none')).toBe(0);
    expect(at(19.5, 'ack')).toBe(0.5);
    expect(at(19.999, 'ack')).toBe(0);
  });

  it('a lease that is taken from nothing is none of the group’s', () => {
    const found = findings([
      request('renew', 11, 'none'),
      ...[12, 13, 14, 15, 16].map((sent_s) => request('rebind', sent_s, 'none')),
      request('renewed-by-discover', 17, 'ack'),
      request('renew', 18, 'ack'),
    ]);
    expect(found.groups.rebind).toEqual({ acked_ratio: 0, acked_ms: undefined });
  });

  it('tells leases and groups apart, in whatever order they come', () => {
    const second = (one: LeaseRequest): LeaseRequest => ({ ...one, lease: 2, group: 'reboot' });
    const found = findings([
      second(request('reboot', 12, 'ack', { at_ns: 12.05 * S })),
      request('rebind', 12, 'none'),
      second(request('renew', 11, 'none')),
      request('renew', 11, 'none'),
    ]);
    expect(found.orphans).toBe(2);
    expect(found.groups.rebind.acked_ratio).toBe(0);
    expect(found.groups.reboot.acked_ratio).toBe(1);
    expect(found.groups.reboot.acked_ms).toBeCloseTo(50);
  });
});
