import { z } from 'zod';
import { metric } from '../../journal/metric.ts';
import { outageBound } from '../outage-metrics.ts';
import type { ProbeKind } from '../probe.ts';
import { analyseHttp, HTTP_METRICS } from './http-analysis.ts';
import { httpInterval, httpOptions, httpPath, lateProblem } from './http-options.ts';
import { startHttp } from './http-program.ts';
import { withStatus } from './records/http-service.ts';

const { count } = metric;

/** Where every instance finds its metadata. */
const ADDRESS = '169.254.169.254';
/** Counted apart: the signature was refused, the instance is not known, no server could be asked. */
const STATUSES = [403, 404, 503] as const;

const options = z
  .strictObject({
    kind: z.literal('metadata'),
    ...httpOptions,
    address: z.ipv4('an IPv4 address').default(ADDRESS).describe('where the instance asks'),
    interval: httpInterval.prefault('50ms'),
    path: httpPath.default('/openstack/latest/').describe("what every request's own name is put behind"),
    instance: z.string().min(1).describe('id of the instance that asks, which the answer must name'),
    tenant: z
      .string()
      .min(1)
      .optional()
      .describe('id of its tenant, which the answer must name when it is given'),
  })
  .superRefine((times, context) => {
    const message = lateProblem(times);
    if (message) context.addIssue({ code: 'custom', path: ['late'], message });
  });

/** An instance asks for its metadata, on a new connection each time: the answer must be its own, and signed. */
export const metadata: ProbeKind<typeof options> = {
  kind: 'metadata',
  summary:
    "an instance's requests for its metadata on a fixed schedule: outage, wrong instance, status codes",
  options,
  metrics: {
    ...HTTP_METRICS,
    wrong_instance: count("answers with another instance's or tenant's metadata"),
    status_403: count('answers saying that the signature was refused'),
    status_404: count('answers saying that the instance is not known'),
    status_503: count('answers saying that no server could be asked'),
  },
  behind: true,
  most_late_ms: 250,
  nodes: ({ from }) => [from],
  port: ({ port }) => ({ protocol: 'tcp', port }),
  bounds: (_options, cause) => outageBound(cause),
  start: (lab, name, { instance, tenant, kind: _, ...asked }) =>
    startHttp(lab, name, {
      ...asked,
      host: asked.address,
      connections: 0,
      content: 'metadata',
      expected: { instance_id: instance, ...(tenant === undefined ? {} : { tenant_id: tenant }) },
    }),
  analyse: (name, options, files, windows) => {
    const { findings, records, service } = analyseHttp(name, options, files, windows);
    const statuses = STATUSES.map((status) => [`status_${status}`, withStatus(records, status)]);
    const metrics = {
      ...findings.metrics,
      wrong_instance: service.wrong_instance,
      ...Object.fromEntries(statuses),
    };
    return { ...findings, metrics };
  },
};
