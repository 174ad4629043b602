import { z } from 'zod';
import { SECURITY_OPTS, STAGES } from './topology.ts';

/**
 * The part of a containerlab file that hadrill understands, as it is written (containerlab manual: topology
 * definition, nodes, kind bridge). It only says what shape the file has; what its words refer to is checked
 * in resolve-topology.ts. Custom messages continue the sentence "expected ...".
 */
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const scalars = z.record(z.string(), scalar).nullish();
const size = z.union([
  z.string().regex(
    // Without the flag `i`, which JSON Schema does not have.
    /^\s*\d+(\.\d*)?\s*(([kKmMgG][iI]?)?[bB])?\s*$/,
    'a size such as 512MB or 1gib (b, kb, kib, mb, mib, gb, gib)',
  ),
  z.number().positive(),
]);
/** A day: nobody waits longer, and a timer of the harness can't (24 days). */
const seconds = z.int().min(0).max(86_400);

const healthcheck = z.strictObject({
  test: z.array(z.string()).min(1).describe('CMD with arguments, or CMD-SHELL with one shell command'),
  'start-period': seconds.optional().describe('Seconds before failures count; default: 0'),
  interval: seconds.optional().describe('Seconds between two checks; default: 30'),
  timeout: seconds.optional().describe('Seconds that one check may take; default: 30'),
  retries: z.int().min(0).optional().describe('Failures in a row that mean unhealthy; default: 3'),
});

const stage = z.strictObject({
  'wait-for': z
    .array(z.strictObject({ node: z.string().min(1), stage: z.enum(STAGES) }))
    .nullish()
    .describe('The node enters this stage only after these have finished theirs'),
  exec: z
    .array(
      z.strictObject({
        command: z.string().min(1),
        target: z.literal('container').optional(),
        phase: z.enum(['on-enter', 'on-exit']).optional().describe('default: on-enter'),
      }),
    )
    .nullish()
    .describe('Commands run inside the node when it enters or leaves this stage'),
});

const stages = z.strictObject({
  create: stage.nullish(),
  'create-links': stage.nullish(),
  configure: stage.nullish(),
  healthy: stage.nullish(),
  exit: stage.nullish(),
} satisfies Record<(typeof STAGES)[number], unknown>);

const nodeSettings = z
  .strictObject({
    kind: z.enum(['linux', 'bridge']).optional(),
    image: z.string().min(1).optional(),
    group: z.string().min(1).optional().describe('A name under topology.groups to inherit from'),
    cmd: z.string().optional().describe('Split into words as a shell does; nothing is expanded'),
    entrypoint: z.string().optional().describe('Split into words as a shell does; nothing is expanded'),
    env: scalars,
    binds: z
      .array(z.string())
      .nullish()
      .describe('SOURCE:TARGET or SOURCE:TARGET:ro; SOURCE relative to this file'),
    exec: z.array(z.string()).nullish().describe('Commands run inside the node once it is up'),
    labels: scalars.describe(
      'hadrill.host, hadrill.role, hadrill.cluster, hadrill.bmc and hadrill.vr.NAME mean something to hadrill',
    ),
    'network-mode': z
      .string()
      .regex(/^(none|container:\S+)$/, "'none', or 'container:NODE' for a bridge")
      .optional(),
    sysctls: scalars,
    'cap-add': z.array(z.string()).nullish(),
    'security-opts': z
      .array(z.enum(SECURITY_OPTS))
      .nullish()
      .describe('For nodes that mount: what else forbids it beside the lack of SYS_ADMIN'),
    privileged: z.literal(false).optional(),
    'startup-delay': seconds.optional().describe('Seconds'),
    healthcheck: healthcheck.optional(),
    stages: stages.nullish(),
    memory: size.optional(),
    cpu: z.number().positive().optional().describe('Number of CPUs, also a fraction'),
    'shm-size': size.optional(),
    user: z.union([z.string().min(1), z.int().min(0)]).optional(),
  })
  .meta({ id: 'node' });

const link = z.strictObject({
  type: z.literal('veth').optional().describe('For endpoints written as mappings'),
  endpoints: z
    .array(
      z.union([
        z.string().describe('NODE:INTERFACE'),
        z.strictObject({
          node: z.string().min(1),
          interface: z.string().min(1),
          mac: z.string().optional(),
          ipv4: z.string().optional().describe('Address with prefix length'),
          ipv6: z.string().optional().describe('Address with prefix length'),
          vars: z.record(z.string(), z.unknown()).nullish(),
        }),
      ]),
    )
    .length(2),
  mtu: z.int().min(68).max(65_535).optional(),
  ipv4: z
    .array(z.string())
    .min(1)
    .max(2)
    .optional()
    .describe('In the order of the endpoints; empty text for none'),
  ipv6: z
    .array(z.string())
    .min(1)
    .max(2)
    .optional()
    .describe('In the order of the endpoints; empty text for none'),
  vars: z.record(z.string(), z.unknown()).nullish(),
  labels: scalars,
});

export const clabSchema = z
  .strictObject({
    name: z.string().min(1),
    prefix: z.string().optional(),
    topology: z.strictObject({
      defaults: nodeSettings.nullish(),
      kinds: z
        .looseObject({ linux: nodeSettings.nullish(), bridge: nodeSettings.nullish() })
        .nullish()
        .describe('Kinds that no node is of may be there too: a menu'),
      groups: z.record(z.string(), nodeSettings.nullable()).nullish(),
      nodes: z.record(z.string(), nodeSettings.nullable()),
      links: z.array(link).nullish(),
    }),
  })
  .meta({ title: 'A containerlab topology that hadrill can run' });

export type ClabFile = z.infer<typeof clabSchema>;
export type ClabNode = z.infer<typeof nodeSettings>;
export type ClabLink = z.infer<typeof link>;
