import type { Frame } from '../../../harness/observe/frame.ts';
import { VrrpCollector, type VrrpEvents } from '../../../harness/observe/vrrp-events.ts';

/** What a collector gathers from all of these frames. */
export function vrrpEventsOf(frames: Iterable<Frame>): VrrpEvents {
  const collector = new VrrpCollector();
  for (const frame of frames) collector.take(frame);
  return collector.result();
}
