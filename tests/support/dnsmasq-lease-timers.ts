import { InputError } from '../../harness/ground/errors.ts';
import type { DnsmasqConf, DnsmasqRange } from '../../harness/systems/dhcp/config/dnsmasq-conf.ts';
import { type LeaseTimers, leaseTimers } from '../../harness/systems/dhcp/findings/dhcp-bounds.ts';

/**
 * The timers that dnsmasq puts into the leases of `range`: halves and eighths in whole seconds, unless options
 * 58 and 59 say otherwise. dnsmasq ignores a forced time that is not shorter than the lease or is 2 s or less,
 * and puts T1 one second before T2 where it would not come first. An option whose tags the range sets counts
 * before one without tags.
 *
 * In the answer to a RENEW or REBIND dnsmasq takes the same random time, up to an eighth of T1, off both,
 * so that clients do not come back all at once: what is returned here is the latest.
 * @throws InputError when the lease has no end.
 */
export function dnsmasqLeaseTimers(conf: DnsmasqConf, range: DnsmasqRange): LeaseTimers {
  const { lease_s } = range;
  if (!Number.isFinite(lease_s)) {
    throw new InputError(`the leases of dhcp-range ${range.start} have no end: they are never renewed`);
  }
  const t2_s = forced(conf, range, 't2') ?? Math.trunc((lease_s * 7) / 8);
  const wanted_s = forced(conf, range, 't1') ?? Math.trunc(lease_s / 2);
  const t1_s = Math.min(wanted_s, t2_s - 1);
  return leaseTimers(lease_s * 1000, { t1_ms: t1_s * 1000, t2_ms: t2_s * 1000 });
}

function forced(conf: DnsmasqConf, range: DnsmasqRange, option: 't1' | 't2'): number | undefined {
  const fitting = conf.timers
    .filter((one) => one.option === option && one.tags.every((tag) => tag === range.sets))
    .toSorted((a, b) => b.tags.length - a.tags.length);
  const seconds = fitting[0]?.seconds;
  return seconds !== undefined && seconds > 2 && seconds < range.lease_s ? seconds : undefined;
}
