import { expect, test } from 'vitest';
import { parseConntrackdStats } from '../../../../../harness/systems/vrrp/findings/conntrackd-stats.ts';

/** conntrackd 1.4.8 of a standby in l3.clab.yml, 2 s after five pings. */
const STANDBY = `cache internal:
current active connections:	           0
connections created:		           0	failed:	           0
connections updated:		           0	failed:	           0
connections destroyed:		           0	failed:	           0

cache external:
current active connections:	           5
connections created:		           5	failed:	           0
connections updated:		           0	failed:	           0
connections destroyed:		           0	failed:	           0

traffic processed:
                   0 Bytes                         0 Pckts

multicast traffic (active device=ha):
                 112 Bytes sent                  572 Bytes recv
                   7 Pckts sent                   12 Pckts recv
                   0 Error send                    0 Error recv

message tracking:
                   0 Malformed msgs                    0 Lost msgs

`;

test('what a standby says', () => {
  expect(parseConntrackdStats(STANDBY)).toEqual({
    channel: 'ha',
    sent: 7,
    received: 12,
    internal: 0,
    external: 5,
  });
});

test('a daemon without an external cache', () => {
  const text = STANDBY.replace(/cache external:\n/, 'external inject:\n');
  expect(parseConntrackdStats(text)).toMatchObject({ internal: 0, external: undefined });
});

test('a daemon that synchronises nothing', () => {
  expect(parseConntrackdStats('cache stats:\ncurrent active connections:\t 5\n')).toBeUndefined();
  expect(parseConntrackdStats('')).toBeUndefined();
});
