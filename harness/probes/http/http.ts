import { z } from 'zod';
import { metric } from '../../journal/metric.ts';
import { familyOf } from '../../topology/addresses.ts';
import { duration } from '../../topology/duration.ts';
import { serverAddress } from '../common-options.ts';
import { disturbanceBound, outageBound } from '../outage-metrics.ts';
import type { ProbeBoundCause, ProbeKind } from '../probe.ts';
import { analyseHttp, HTTP_METRICS } from './http-analysis.ts';
import { httpInterval, httpOptions, httpPath, lateProblem } from './http-options.ts';
import { startHttp } from './http-program.ts';
import { reconnects } from './records/http-service.ts';

const { count } = metric;

const MOST_CONNECTIONS = 100;

const MOST_OTHER_ADDRESSES = 7;

/** RFC 8305, 5: the pause until the next address is tried, its recommended value. */
const CONNECT_TIMEOUT_MS = 250;

/** Connections that are kept by default. */
const CONNECTIONS = 4;

const options = z
  .strictObject({
    kind: z.literal('http'),
    ...httpOptions,
    address: serverAddress.describe('where the client finds the service: IPv4 or IPv6'),
    other_addresses: z
      .array(serverAddress)
      .min(1)
      .max(MOST_OTHER_ADDRESSES)
      .optional()
      .describe(
        'further addresses of the service, tried in this order while the connection to the one before is refused or does not come about',
      ),
    connect_timeout: duration
      .refine((ms) => ms >= 10 && ms <= 60_000, 'allowed: 10ms to 60s')
      .optional()
      .describe('a connection that takes longer is given up for the next address; default: 250ms'),
    interval: httpInterval.prefault('20ms'),
    connections: z
      .enum(['new', 'keep-alive'])
      .default('new')
      .describe('a new connection for every request, or some that are kept and used in turn'),
    concurrency: z
      .int()
      .min(1)
      .max(MOST_CONNECTIONS)
      .optional()
      .describe(
        'how many connections are kept and used in turn; further ones are opened while these wait for answers; default: 4',
      ),
    path: httpPath.default('/').describe("what every request's own name is put behind"),
    host: z
      .string()
      .regex(/^(?:[\w.:-]+|\[[\da-fA-F:.]+\](?::\d+)?)$/, 'a host name, or an IPv6 address in brackets')
      .optional()
      .describe('of the Host header; default: the address, of IPv6 in brackets'),
    content: z
      .enum(['echo', 'any'])
      .default('echo')
      .describe(
        'echo: the answer must be `BACKEND PATH`, with the path of the request and the name of header X-Backend',
      ),
  })
  .superRefine(({ connections, concurrency, other_addresses, connect_timeout, ...times }, context) => {
    if (other_addresses === undefined && connect_timeout !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['connect_timeout'],
        message: 'only with other_addresses',
      });
    if (connections === 'new' && concurrency !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['concurrency'],
        message: 'only with connections: keep-alive',
      });
    const message = lateProblem(times);
    if (message) context.addIssue({ code: 'custom', path: ['late'], message });
  });

/** RFC 3986, 3.2.2: an address of IPv6 stands in brackets. */
function hostOf(address: string): string {
  return familyOf(address) === 6 ? `[${address}]` : address;
}

/** What cuts its first address off says little about a client that has others. */
function elsewhere({ takeover, missing, ...rest }: ProbeBoundCause): ProbeBoundCause {
  const reached = takeover ?? missing;
  const why = 'it has other addresses to go to, which its bound does not follow';
  return { ...rest, takeover: undefined, missing: reached && why };
}

/**
 * HTTP requests on a fixed schedule, as many at a time as it takes: service is the right answer (RFC 9110, status 200)
 * in time.
 */
export const http: ProbeKind<typeof options> = {
  kind: 'http',
  summary:
    'HTTP requests on a fixed schedule, on new or kept connections: outage, failed, late, wrong content',
  options,
  metrics: {
    ...HTTP_METRICS,
    reconnects: count(
      'of kept connections: how many came about beyond the first ones, in place of one that was lost or busy',
    ),
  },
  most_late_ms: 250,
  nodes: ({ from }) => [from],
  port: ({ port }) => ({ protocol: 'tcp', port }),
  bounds: ({ connections, other_addresses }, cause) => ({
    ...outageBound(other_addresses === undefined ? cause : elsewhere(cause)),
    ...disturbanceBound(cause, connections === 'new'),
  }),
  start: (lab, name, options) => {
    const { connections, concurrency = CONNECTIONS, host, other_addresses = [], kind: _, ...rest } = options;
    const { connect_timeout = CONNECT_TIMEOUT_MS, ...asked } = rest;
    return startHttp(lab, name, {
      ...asked,
      other_addresses,
      connect_timeout,
      host: host ?? hostOf(asked.address),
      connections: connections === 'new' ? 0 : concurrency,
      expected: {},
    });
  },
  analyse: (name, options, files, windows) => {
    const { findings, records } = analyseHttp(name, options, files, windows);
    if (options.connections === 'new') return findings;
    const metrics = {
      ...findings.metrics,
      reconnects: reconnects(records, options.concurrency ?? CONNECTIONS),
    };
    return { ...findings, metrics };
  },
};
