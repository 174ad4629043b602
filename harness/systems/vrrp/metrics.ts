import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { duration, takeover, count, ratio, level } = metric;
const OF_FAULT = { reported: 'first', per_fault: true } as const;
const OF_TAKEOVER = { ...OF_FAULT, until_healing: true } as const;
const STEP = { reported: 'steps', from_captures: true, until_healing: true } as const;

/** Of the virtual router (RFC 5798 terms); of several the most that one of them has. */
const VIP: MetricDeclarations = {
  'vip.fault_phase_ms': duration(
    'last advertisement of the old master to the fault: where in the interval it fell',
    { ...OF_TAKEOVER, from_captures: true },
  ),
  'vip.detection_ms': duration(
    'last advertisement of the old master to the first of the new one, on the wire',
    { ...OF_TAKEOVER, from_captures: true },
  ),
  'vip.address_ms': duration('fault to the address being on the new master', OF_TAKEOVER),
  'vip.takeover_ms': takeover(
    'fault to the first packet that the new master forwarded, or answered at the address, on the wire; of a router that no probe asks through: to the address being up and its first gratuitous ARP',
    { ...OF_TAKEOVER, from_captures: true },
  ),
  'vip.owners_max': count(
    'most nodes that held the virtual address at once, from the fault to the end of the trial; a handover of less than 50 ms is left out',
    OF_FAULT,
  ),
  'vip.owners_left': count(
    'nodes that held the virtual address when healing began: with more than one, who was owner before did not give it up by itself',
    { reported: 'journal', until_healing: true },
  ),
  'vip.takeovers': count(
    'times that a virtual address came to another node than the one that got it last, from the fault to the end of the trial; of all virtual routers together',
    { reported: 'first' },
  ),
  'vip.two_owners_ms': duration(
    'for how long two nodes or more held the virtual address at once, until healing began',
    OF_TAKEOVER,
  ),
  'rejoin.two_owners_ms': duration('the same from then to the end of the trial', { after_healing: true }),
  'rejoin.stale_neighbour_ms': duration(
    'of a router that had two owners: for how long probes’ packets still went to the one that had given the address up',
    { after_healing: true, from_captures: true },
  ),
  'rejoin.failback_ms': duration(
    'beginning of healing to the owner of before holding the virtual address again; absent where it never did',
    { after_healing: true },
  ),
};

/** Where the time of a takeover went. They add up to the outage. */
const PHASES: MetricDeclarations = {
  'phase.detection_ms': duration('the backups wait for advertisements that do not come', STEP),
  'phase.election_ms': duration(
    'then for their skew time, up to the first advertisement of the new master',
    STEP,
  ),
  'phase.address_ms': duration('until the address is on it', STEP),
  'phase.garp_ms': duration('until its first gratuitous ARP', STEP),
  'phase.forwarding_ms': duration("until it sends a client's packet on", STEP),
  'phase.answer_ms': duration('until it sends an answer back to a client', STEP),
  'phase.remainder_ms': duration(
    'what of the outage the phases do not explain; negative when they are longer than it',
    STEP,
  ),
};

/** The time in which the new master has the address, and not yet the sessions. */
const COMMIT_WINDOW: MetricDeclarations = {
  'vip.commit_window_ms': duration(
    'the address is up to the last session being in the connection table of the new master',
    { reported: 'steps', until_healing: true },
  ),
  'vip.commit_window_resets': count('connections that were reset in that window', STEP),
  'vip.commit_window_dropped': count(
    'packets of probes that reached the new master in that window and that it did not send on, without resets',
    STEP,
  ),
};

/** What came with it. */
const BESIDES: MetricDeclarations = {
  'conntrack.committed': count('sessions that a program put into the connection table of the new master', {
    reported: 'journal',
    until_healing: true,
  }),
  'conntrack.handed_over_ratio': ratio(
    "of the sessions in the old master's kernel before the fault, those that the new one's had before healing, with the same translation",
    { reported: 'journal', until_healing: true },
  ),
  'etsi.availability_level': level(
    'service availability level of ETSI NFV-REL that was reached: 1, 2, 3, or 0 for none',
    { reported: 'yardsticks', from_captures: true, until_healing: true },
  ),
};

/** Of labs with several virtual routers: those that no fault of the trial touched. They must lose nothing. */
const UNTOUCHED: MetricDeclarations = {
  'untouched.routers': count('virtual routers whose owner no fault of the trial took part of'),
  'untouched.lost_datagrams': count(
    'datagrams that UDP probes through these lost, whole trial; not known where one of them has no such probe',
  ),
  'untouched.lost_sessions': count('sessions that TCP probes through these lost; not known as above'),
};

/** For topologies that have a virtual router. */
export const VRRP_METRICS: MetricDeclarations = {
  ...VIP,
  ...UNTOUCHED,
  ...PHASES,
  ...COMMIT_WINDOW,
  ...BESIDES,
};
