import { type LabTime, msFromNs } from '../../../ground/time.ts';

/** When the steps of a takeover were; a step that was not seen is undefined. */
export interface TakeoverMoments {
  /** Service broke: for a fault that stops forwarding the fault itself. */
  broken_ns: LabTime;
  /** The backups have heard nothing for as many advertisement intervals as they wait for. */
  silence_ns: LabTime | undefined;
  /** The new master's first advertisement. */
  first_advert_ns: LabTime | undefined;
  /** The virtual address is on the new master. */
  address_ns: LabTime | undefined;
  first_garp_ns: LabTime | undefined;
  /** The new master sent a client's packet on. */
  first_forwarded_ns: LabTime | undefined;
  /** The new master sent an answer back to a client. */
  first_answer_ns: LabTime;
}

/** The parts of a takeover, in their order, in ms. */
export interface Phases {
  /** The backups wait for adverts that do not come. */
  detection_ms: number;
  /** Then for their skew time, so that the one with the highest priority is first (RFC 5798 §6.1). */
  election_ms: number;
  address_ms: number;
  garp_ms: number;
  forwarding_ms: number;
  answer_ms: number;
}

/**
 * Cuts the time from `broken_ns` to `first_answer_ns` where one step ended and the next began, so the phases
 * add up to it. A step that was not seen, or was over before the one ahead of it, takes no time: its share
 * is in the phase behind it.
 */
export function phasesOf(moments: TakeoverMoments): Phases {
  let reached_ns = moments.broken_ns;
  const until = (moment_ns: LabTime | undefined): number => {
    const end_ns = Math.min(Math.max(moment_ns ?? reached_ns, reached_ns), moments.first_answer_ns);
    const phase_ms = msFromNs(Math.max(0, end_ns - reached_ns));
    reached_ns = Math.max(reached_ns, end_ns);
    return phase_ms;
  };
  return {
    detection_ms: until(moments.silence_ns ?? moments.first_advert_ns),
    election_ms: until(moments.first_advert_ns),
    address_ms: until(moments.address_ns),
    garp_ms: until(moments.first_garp_ns),
    forwarding_ms: until(moments.first_forwarded_ns),
    answer_ms: until(moments.first_answer_ns),
  };
}
