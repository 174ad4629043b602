import { z } from 'zod';

/** What a lab is made of: its nodes, the machines that they run on, and the wires between them. */
export interface Layout {
  nodes: { name: string; host: string; image: string }[];
  wires: { from: LayoutEnd; to: LayoutEnd }[];
}

/** An interface of a node, or a segment that others are plugged into as well. */
export type LayoutEnd = { node: string; interface: string } | { segment: string };

const end = z.union([
  z.object({ node: z.string(), interface: z.string() }),
  z.object({ segment: z.string() }),
]);

export const layoutSchema = z.object({
  nodes: z.array(z.object({ name: z.string(), host: z.string(), image: z.string() })),
  wires: z.array(z.object({ from: end, to: end })),
}) satisfies z.ZodType<Layout>;
