import { expect, test } from 'vitest';
import {
  fencingDecisions,
  fencingLines,
} from '../../../../../harness/systems/pacemaker/findings/fencing-log.ts';

/** As Pacemaker 3.0.0 wrote it. */
const LOG = `Nov 29 03:45:16.115 lb2 pacemaker-controld  [125] (peer_update_callback) \twarning: Stonith/shutdown of node lb1 was not expected
Nov 29 03:45:17.159 lb2 pacemaker-controld  [125] (controld_execute_fence_action) \tnotice: Requesting fencing (reboot) targeting node lb1 | action=1 timeout=20
Nov 29 03:45:17.163 lb2 pacemaker-fenced    [121] (initiate_remote_stonith_op) \tnotice: Requesting peer fencing (reboot) targeting lb1 | id=4f8eb6ca state=querying base_timeout=20s
Nov 29 03:45:18.747 lb2 pacemaker-controld  [125] (handle_fence_notification) \tnotice: Peer lb1 was terminated (reboot) by lb2 on behalf of pacemaker-controld.125@lb2: OK | event=4f8eb6ca
Nov 29 03:45:19.347 lb2 pacemaker-controld  [125] (do_lrm_rsc_op) \tnotice: Requesting local execution of start operation for haproxy on lb2 | transition_key=12
`;
const NOON = BigInt(Date.UTC(2026, 10, 29, 3, 45, 0)) * 1_000_000n;

test('the controller decides once; what it asks of its fencer is the same decision', () => {
  expect(fencingDecisions(LOG, 'lb2', NOON)).toEqual([
    { at_ns: 17_159_000_000, by: 'lb2', target: 'lb1', action: 'reboot' },
  ]);
});

test('only what is about fencing is kept, and nothing of it changes what is read', () => {
  const kept = fencingLines(LOG);
  expect(kept.split('\n')).toHaveLength(4);
  expect(fencingDecisions(kept, 'lb2', NOON)).toEqual(fencingDecisions(LOG, 'lb2', NOON));
});

test('a line that is not whole is left out', () => {
  expect(fencingLines('Nov 29 03:45:17.159 lb2 pacemaker-controld  [125] x: Requesting fencing (reb')).toBe(
    '',
  );
});

test('a log has no year: around New Year the nearest one is meant', () => {
  const line = LOG.split('\n')[1]!.replace('Nov 29', 'Jan  1');
  const lab = BigInt(Date.UTC(2026, 11, 31, 23, 59, 50)) * 1_000_000n;
  const [decision] = fencingDecisions(line, 'lb2', lab);
  expect(decision!.at_ns / 1e9).toBeCloseTo(10 + 3 * 3600 + 45 * 60 + 17.159, 3);
});
