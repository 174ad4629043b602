import { z } from 'zod';
import { faults } from '../faults/registry.ts';
import { OPS, STATS } from '../journal/journal.ts';
import { duration } from '../probes/common-options.ts';
import { probes } from '../probes/registry.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const variables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), scalar);

/** Profiles: a name for each set of variables that the topology file may be built with. */
export const profilesSchema = z.record(z.string(), variables);

const probeOptions = [...probes.values()].map((kind) => kind.options);
const probe = z.discriminatedUnion('kind', probeOptions as [z.ZodObject, ...z.ZodObject[]]);

const fault = {
  kind: z.enum([...faults.keys()] as [string, ...string[]]),
  target: z.string(),
  options: z.record(z.string(), scalar).optional(),
};
const MOST_FAULTS = 20;

/** What a `*.drill.yml` may say; that it has one of `fault` and `faults` is checked in drill-faults.ts. */
export const drillSchema = z.strictObject({
  description: z.string().describe('one sentence: what is broken and what must hold'),
  topology: z.string().describe('path of the containerlab file, relative to this file'),
  profiles: z
    .union([z.string(), profilesSchema])
    .optional()
    .describe('sets of variables for the topology file: a mapping, or the path of a file with one'),
  profile: z.string().optional().describe('the profile that is used; --profile names another'),
  variables: variables.optional().describe('variables for the topology file, whatever the profile'),
  probes: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), probe),
  fault: z.strictObject(fault).optional().describe('what is broken: this, or a list `faults`'),
  faults: z
    .array(
      z.strictObject({
        ...fault,
        after: duration
          .optional()
          .describe('pause after the fault before it; the first fault has none; default: 1s'),
        heal: duration.optional().describe('healed this long after it was applied; default: at the end'),
      }),
    )
    .min(1)
    .max(MOST_FAULTS)
    .optional()
    .describe('what is broken, one after the other; healed at the end, the last first'),
  hold: z
    .strictObject({
      steady: duration.optional().describe('undisturbed service before the fault; default: 1s'),
      takeover: duration.optional().describe('deadline for service to come back; default: 30s'),
      recovery: duration.optional().describe('deadline for sessions to go on or be lost; default: 30s'),
      settled: duration.optional().describe('watched after the takeover, before healing; default: 1s'),
      rejoin: duration.optional().describe('watched after the failed node is back; default: 5s'),
    })
    .optional(),
  expect: z
    .array(
      z.strictObject({
        metric: z.string(),
        stat: z.enum(STATS).default('each'),
        op: z.enum(OPS),
        value: z.number().describe('in the unit of the metric; for within_bound the margin on both sides'),
      }),
    )
    .min(1),
});

export type DrillFile = z.output<typeof drillSchema>;
