import type { Layout, LayoutEnd } from '../../journal/layout.ts';
import { html, type Markup } from './markup.ts';

/** A larger lab is a table of names, not a drawing. */
const MOST_NODES = 40;
const NODE_WIDTH = 96;
const NODE_GAP = 12;
const HOST_GAP = 22;
const SEGMENT_GAP = 26;
const LEFT = 130;
const NODE_TOP = 34;
const NODE_BOTTOM = 66;

/** One line across: a bridge, or a wire between two nodes. */
interface Segment {
  name: string;
  ends: { node: string; interface: string }[];
}

/** The nodes of a lab on the machines that they run on, above the segments that they are plugged into. */
export function layoutDrawing({ nodes, wires }: Layout): Markup {
  if (nodes.length > MOST_NODES)
    return html`<p class="note">${nodes.length} nodes and ${wires.length} wires: too many to draw.</p>`;
  const hosts = [...Map.groupBy(nodes, ({ host }) => host)];
  const segments = segmentsOf(wires);
  const places = placesOf(hosts);
  const width = Math.max(...[...places.values()].map((x) => x + NODE_WIDTH), LEFT) + 14;
  const height = NODE_BOTTOM + 24 + segments.length * SEGMENT_GAP;
  const used = new Map<string, number>();
  return html`<div class="scroll" tabindex="0" role="region" aria-label="drawing of the lab"><svg class="layout" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${nodes.length} nodes on ${hosts.length} machines, ${segments.length} segments; the list below says the same">
${hosts.map(([host, its]) =>
  hostBox(
    host,
    its.map(({ name }) => places.get(name)!),
  ),
)}
${segments.map((segment, at) => segmentLine(segment, NODE_BOTTOM + 30 + at * SEGMENT_GAP, width, places, used))}
${nodes.map(({ name, image }) => nodeBox(name, image, places.get(name)!))}
</svg></div>`;
}

/** The same in words: one sentence a segment. */
export function layoutWords({ wires }: Layout): string[] {
  return segmentsOf(wires).map(
    ({ name, ends }) => `${name}: ${ends.map((end) => `${end.node} (${end.interface})`).join(', ')}`,
  );
}

function segmentsOf(wires: Layout['wires']): Segment[] {
  const segments = new Map<string, Segment>();
  const nodeEnds = (ends: LayoutEnd[]) => ends.flatMap((end) => ('node' in end ? [end] : []));
  for (const { from, to } of wires) {
    const ends = nodeEnds([from, to]);
    const bridge = [from, to].flatMap((end) => ('segment' in end ? [end.segment] : []))[0];
    const name = bridge ?? ends.map((end) => end.node).join(' - ');
    const key = bridge === undefined ? `wire ${segments.size}` : `bridge ${bridge}`;
    const segment = segments.get(key) ?? { name, ends: [] };
    segment.ends.push(...ends);
    segments.set(key, segment);
  }
  return [...segments.values()];
}

/** The left side of each node, those of one host beside each other. */
function placesOf(hosts: readonly [string, Layout['nodes']][]): Map<string, number> {
  const places = new Map<string, number>();
  let x = LEFT;
  for (const [, nodes] of hosts) {
    for (const { name } of nodes) {
      places.set(name, x);
      x += NODE_WIDTH + NODE_GAP;
    }
    x += HOST_GAP - NODE_GAP;
  }
  return places;
}

function hostBox(host: string, xs: readonly number[]): Markup {
  const [from, to] = [Math.min(...xs) - 7, Math.max(...xs) + NODE_WIDTH + 7];
  return html`<rect class="host" x="${from}" y="6" width="${to - from}" height="${NODE_BOTTOM + 2}" rx="6"/><text class="host-name" x="${from + 7}" y="22">${short(host, xs.length)}</text>`;
}

function nodeBox(name: string, image: string, x: number): Markup {
  return html`<g><title>${name} (${image})</title><rect class="node" x="${x}" y="${NODE_TOP}" width="${NODE_WIDTH}" height="${NODE_BOTTOM - NODE_TOP}" rx="4"/><text class="node-name" x="${x + NODE_WIDTH / 2}" y="${NODE_TOP + 21}" text-anchor="middle">${short(name, 1)}</text></g>`;
}

/** @param used how many wires of each node are drawn already: each has a place of its own below its node. */
function segmentLine(
  { name, ends }: Segment,
  y: number,
  width: number,
  places: ReadonlyMap<string, number>,
  used: Map<string, number>,
): Markup {
  const drops = ends.flatMap((end) => {
    const left = places.get(end.node);
    if (left === undefined) return [];
    const count = used.get(end.node) ?? 0;
    used.set(end.node, count + 1);
    const x = left + 14 + ((count * 17) % (NODE_WIDTH - 24));
    return html`<line class="wire" x1="${x}" x2="${x}" y1="${NODE_BOTTOM}" y2="${y}"/><circle class="plug" cx="${x}" cy="${y}" r="3.2"><title>${end.node}:${end.interface}</title></circle>`;
  });
  return html`<text class="lane-name" x="${LEFT - 20}" y="${y + 4}" text-anchor="end">${short(name, 1)}</text><line class="segment" x1="${LEFT - 14}" x2="${width - 8}" y1="${y}" y2="${y}"/>${drops}`;
}

/** As much of a name as has room in the width of so many nodes. */
function short(name: string, nodes: number): string {
  const most = 13 * nodes;
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
