import { z } from 'zod';
import { duration } from '../../topology/duration.ts';
import { endpoints } from '../common-options.ts';

/** How long a session may be silent before a client that connects again gives it up, by default. */
const GIVE_UP_MS = 3000;
const MOST_SERVERS = 100;

/** What a drill file says about a TCP probe. */
export const tcpOptions = z
  .strictObject({
    kind: z.literal('tcp'),
    ...endpoints,
    to: z
      .union([
        z.string(),
        z
          .array(z.string())
          .min(1)
          .max(MOST_SERVERS)
          .refine((nodes) => new Set(nodes).size === nodes.length, 'every node once'),
      ])
      .describe('the node that serves them, or several of which a balancer chooses'),
    port: z.int().min(1).max(65535).default(7002),
    sessions: z.int().min(1).max(20_000).default(50),
    period: duration.prefault('100ms').refine((ms) => ms >= 10 && ms <= 10_000, '10ms to 10s'),
    reconnect: duration
      .optional()
      .refine((ms) => ms === undefined || (ms >= 20 && ms <= 10_000), '20ms to 10s')
      .describe(
        'a user who lost a session connects again at once, and then at this interval; default: never',
      ),
    give_up: duration
      .optional()
      .refine((ms) => ms === undefined || (ms >= 100 && ms <= 60_000), '100ms to 1m')
      .describe('with reconnect: a session that is silent for this long is lost; default: 3s'),
  })
  .superRefine(({ reconnect, give_up, period }, context) => {
    const problem = (key: 'give_up' | 'period', message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (reconnect === undefined) {
      if (give_up !== undefined) problem('give_up', 'none without reconnect');
    } else if (give_up === undefined) {
      if (2 * period > GIVE_UP_MS)
        problem('period', `half of give_up at most, which is ${GIVE_UP_MS} ms by default`);
    } else if (give_up < 2 * period) problem('give_up', `two periods at least, ${2 * period} ms`);
  });
export type TcpOptions = z.output<typeof tcpOptions>;

/** When lost sessions are opened again, in ms; undefined when they are not. */
export function reconnection({
  reconnect,
  give_up = GIVE_UP_MS,
}: TcpOptions): { every_ms: number; give_up_ms: number } | undefined {
  return reconnect === undefined ? undefined : { every_ms: reconnect, give_up_ms: give_up };
}

/** The nodes that serve. */
export function serversOf({ to }: Pick<TcpOptions, 'to'>): string[] {
  return typeof to === 'string' ? [to] : to;
}
