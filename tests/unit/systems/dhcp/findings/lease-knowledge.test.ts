import { describe, expect, it } from 'vitest';
import type { DhcpGrant } from '../../../../../harness/observe/dhcp-grants.ts';
import type { DnsmasqLease } from '../../../../../harness/systems/dhcp/findings/dnsmasq-leases.ts';
import { leaseKnowledge } from '../../../../../harness/systems/dhcp/findings/lease-knowledge.ts';

const [OWN, OTHER] = ['198.18.16.2', '198.18.16.3'];
const EPOCH_S = 1_700_000_000;
const NOW_NS = 60e9;

const grant = (last: number, server: string, at_s: number, lease_s: number | undefined = 120): DhcpGrant => ({
  at_ns: at_s * 1e9,
  mac: `02:00:00:00:00:0${last}`,
  address: `198.18.17.${last}`,
  server,
  lease_s,
});
const line = (last: number, expires_s: number | undefined): DnsmasqLease => ({
  expires_s,
  mac: `02:00:00:00:00:0${last}`,
  address: `198.18.17.${last}`,
});
const known = (table: DnsmasqLease[], grants: DhcpGrant[]) =>
  leaseKnowledge(table, OWN, grants, NOW_NS, BigInt(EPOCH_S) * 1_000_000_000n);

describe('leaseKnowledge', () => {
  it('finds its own leases by the end that it promised', () => {
    const grants = [grant(1, OWN, 10), grant(2, OWN, 20), grant(3, OWN, 30)];
    const table = [line(1, EPOCH_S + 130), line(2, EPOCH_S + 143)];
    expect(known(table, grants)).toMatchObject({ own: 3, own_written: 1, others: 0 });
  });

  it("tells in which way it knows another's leases", () => {
    const grants = [grant(1, OTHER, 10), grant(2, OTHER, 10), grant(3, OTHER, 10), grant(4, OTHER, 10)];
    const table = [line(1, EPOCH_S + 131), line(2, undefined), line(3, EPOCH_S + 90)];
    expect(known(table, grants)).toEqual({
      ...{ own: 0, own_written: 0, others: 4 },
      ...{ others_written: 1, others_initial: 1, others_older: 1, others_unknown: 1 },
    });
  });

  it('goes by the last grant of each client', () => {
    const grants = [grant(1, OWN, 10), grant(1, OTHER, 20)];
    expect(known([line(1, EPOCH_S + 130)], grants)).toMatchObject({ own: 0, others: 1, others_older: 1 });
  });

  it('does not ask for what was granted as the table was read, or later', () => {
    expect(known([], [grant(1, OWN, 59.9), grant(2, OTHER, 61)])).toMatchObject({ own: 0, others: 0 });
  });

  it('knows leases without an end', () => {
    const grants = [{ ...grant(1, OTHER, 10), lease_s: undefined }];
    expect(known([line(1, undefined)], grants)).toMatchObject({ others: 1, others_written: 1 });
  });
});
