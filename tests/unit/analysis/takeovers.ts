import type { Wire } from '../../../harness/evidence/wire.ts';
import type { RouterFacts, TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { ForwardingCollector } from '../../../harness/observe/forwarding.ts';
import type { Frame } from '../../../harness/observe/frame.ts';
import type { ProbeRequests } from '../../../harness/observe/probe-requests.ts';
import { TcpSegments } from '../../../harness/observe/tcp-segments.ts';
import { VrrpCollector } from '../../../harness/observe/vrrp-events.ts';
import { vrrpTimeline } from '../../../harness/observe/vrrp-timeline.ts';
import type { RouterFindings, RoutersOnWire } from '../../../harness/systems/vrrp/findings/virtual-router.ts';

const NONE = new Float64Array();
const NO_REQUESTS: ProbeRequests = { seq: NONE, at_ns: NONE, answered_ns: NONE };

export const MS = 1_000_000;
export const FAULT_NS = 1000 * MS;
export const WINDOWS = { fault_ns: FAULT_NS, heal_ns: 6000 * MS, healed_ns: 6500 * MS, end_ns: 8000 * MS };

export const R1_MACS = ['02:00:00:00:00:11', '02:00:00:00:01:11'];
export const R2_MACS = ['02:00:00:00:00:12', '02:00:00:00:01:12'];

/** As keepalived reads it: VRRPv3, an advert every `advert_int` seconds, for virtual router 7. */
export const keepalivedConf = (advert_int = 0.1, priority = 50) => `
global_defs { vrrp_version 3 }
vrrp_instance VR {
    state BACKUP
    interface ha
    virtual_router_id 7
    priority ${priority}
    advert_int ${advert_int}
    virtual_ipaddress { 198.18.0.1/24 }
}
`;

export const ROUTER: RouterFacts = {
  name: 'router',
  vrid: 7,
  vip: '198.18.0.1',
  owner: 'r1',
  members: [
    { node: 'r1', macs: R1_MACS, keepalived_conf: keepalivedConf() },
    { node: 'r2', macs: R2_MACS, keepalived_conf: keepalivedConf() },
  ],
};

export const FAULT: NonNullable<TrialFacts['fault']> = {
  label: 'crash of host:node1 (r1)',
  before_ns: FAULT_NS - 1000,
  after_ns: FAULT_NS,
  departure: 'abrupt',
  stops_forwarding: true,
};

/** What these frames, all of one segment, tell. */
export function wireOf(frames: readonly Frame[]): Wire & RoutersOnWire {
  const vrrp = new VrrpCollector();
  const forwarding = new ForwardingCollector({
    ports: [7001],
    macs: [...R1_MACS, ...R2_MACS],
    since_ns: FAULT_NS,
  });
  const tcp = new TcpSegments([80]);
  for (const frame of frames) {
    vrrp.take(frame);
    forwarding.take(frame);
    tcp.take(frame, 'inside');
  }
  return { vrrp: vrrp.result(), forwarding, tcp, requests: () => NO_REQUESTS, frames: frames.length };
}

/** A router that r2 took over, step by step; times in ms after the fault. */
export function findings(change: Partial<RouterFindings> = {}): RouterFindings {
  const at = (ms: number) => FAULT_NS + ms * MS;
  const nothing = vrrpTimeline({ adverts: [], garps: [] }, { vrid: 7, fault_ns: FAULT_NS });
  return {
    router: ROUTER,
    windows: WINDOWS,
    next_ns: WINDOWS.end_ns,
    timeline: {
      ...nothing,
      last_advert_ns: at(-40),
      first_advert_ns: at(340),
      first_garp_ns: at(342),
    },
    new_owner: 'r2',
    address_ns: at(341),
    forwarded_ns: at(344),
    answer_ns: at(345),
    silence_ns: at(260),
    ports: undefined,
    touched: undefined,
    advert_ms: 100,
    owners_max: 1,
    holding: { owners_max: 1, shared: [], handovers: [] },
    changes: [{ at_ns: at(341), node: 'r2', change: 'added', address: ROUTER.vip }],
    failback: undefined,
    bounds: {},
    missing_bounds: {},
    notes: [],
    ...change,
  };
}
