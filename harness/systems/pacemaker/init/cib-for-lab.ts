import { childrenOf, descendantsOf, readXml, type XmlElement } from '../config/xml.ts';

/** The alert agent of `hadrill/cluster`: what it records says why the cluster acted. */
const ALERT = '/usr/local/lib/hadrill/cluster-alert';

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * A cluster's configuration as a lab can run it, with what was changed: a lab has no systemd, no fencing device, and no
 * state of the cluster that the file comes from.
 * @param members of the cluster, with their nodeid: a list of nodes that is empty gets them, so that fencing can be turned on.
 * @param check instance attributes for hadrill's own agent of HAProxy, in place of another one.
 * @throws InputError when it is not well-formed.
 */
export function cibForLab(
  xml: string,
  file: string,
  check: Readonly<Record<string, string>>,
  members: readonly { id: string; name: string }[],
): { text: string; notes: string[] } {
  const bare = xml.replace(/^\uFEFF/, '');
  const { root } = readXml(bare, file);
  const notes: string[] = [];
  const edits: Edit[] = [];
  const configuration = childrenOf(root, 'configuration')[0];
  const primitives = configuration ? descendantsOf(configuration).filter(isPrimitive) : [];
  for (const one of primitives.filter(isHaproxyOfOthers)) {
    edits.push(agentEdit(bare, one, check));
    notes.push(
      `in the copy of the CIB '${one.attributes.id}' is ocf:hadrill:haproxy, not ${agentName(one)}, which a lab does not have`,
    );
  }
  const fencing = primitives.filter(({ attributes }) => attributes.class === 'stonith');
  const devices = new Set(fencing.map(({ attributes }) => attributes.id));
  if (configuration) {
    const about = descendantsOf(configuration).filter(
      ({ name, attributes }) => /^rsc_/.test(name) && devices.has(attributes.rsc),
    );
    edits.push(...[...fencing, ...about].map((one) => ({ start: one.start, end: one.end, text: '' })));
    const enabled = withoutFencing(configuration);
    if (enabled) edits.push(enabled);
    if (fencing.length > 0 || enabled)
      notes.push(
        'the copy of the CIB has no fencing (stonith-enabled=false): its devices are not in the lab. Nodes with a BMC (label hadrill.bmc) can have it',
      );
    edits.push(...nodesEdits(configuration, members));
    edits.push(...alertEdits(configuration));
  }
  const status = childrenOf(root, 'status')[0];
  if (status) edits.push({ start: status.start, end: status.end, text: '<status/>' });
  return { text: apply(bare, edits), notes };
}

function isPrimitive({ name }: XmlElement): boolean {
  return name === 'primitive';
}

function isHaproxyOfOthers({ attributes }: XmlElement): boolean {
  return /haproxy/i.test(attributes.type ?? '') && attributes.provider !== 'hadrill';
}

function agentName({ attributes }: XmlElement): string {
  return [attributes.class, attributes.provider, attributes.type].filter(Boolean).join(':');
}

function agentEdit(xml: string, one: XmlElement, check: Readonly<Record<string, string>>): Edit {
  const id = one.attributes.id ?? 'haproxy';
  const pairs = Object.entries(check).map(
    ([name, value]) => `<nvpair id="${id}-hadrill-${name}" name="${name}" value="${value}"/>`,
  );
  const own =
    pairs.length > 0 ? `<instance_attributes id="${id}-hadrill">${pairs.join('')}</instance_attributes>` : '';
  // Instance attributes of another agent mean nothing to this one.
  const kept = childrenOf(one).filter(({ name }) => name !== 'instance_attributes');
  const inside = kept.map(({ start, end }) => xml.slice(start, end)).join('');
  return {
    start: one.start,
    end: one.end,
    text: `<primitive id="${id}" class="ocf" provider="hadrill" type="haproxy">${own}${inside}</primitive>`,
  };
}

/** undefined where nothing is to be done. */
function withoutFencing(configuration: XmlElement): Edit | undefined {
  const config = childrenOf(configuration, 'crm_config')[0];
  const pairs = config ? descendantsOf(config).filter(({ name }) => name === 'nvpair') : [];
  const enabled = pairs.find(({ attributes }) => attributes.name === 'stonith-enabled');
  const off = '<nvpair id="hadrill-stonith" name="stonith-enabled" value="false"/>';
  if (enabled)
    return /^(false|off|no|n|0)$/i.test(enabled.attributes.value ?? '')
      ? undefined
      : { start: enabled.start, end: enabled.end, text: off };
  const set = `<crm_config><cluster_property_set id="cib-bootstrap-options">${off}</cluster_property_set></crm_config>`;
  const first = config && childrenOf(config, 'cluster_property_set')[0];
  if (first && childrenOf(first).length > 0) {
    const { start } = childrenOf(first)[0]!;
    return { start, end: start, text: off };
  }
  return config
    ? { start: config.start, end: config.end, text: set }
    : { start: startInside(configuration), end: startInside(configuration), text: set };
}

/** A member that its configuration does not name may take note of no fencing device (config/check-fencing.ts). */
function nodesEdits(configuration: XmlElement, members: readonly { id: string; name: string }[]): Edit[] {
  const nodes = childrenOf(configuration, 'nodes')[0];
  if (!nodes || childrenOf(nodes).length > 0) return [];
  const named = members.map(({ id, name }) => `<node id="${id}" uname="${name}"/>`);
  return [{ start: nodes.start, end: nodes.end, text: `<nodes>${named.join('')}</nodes>` }];
}

function alertEdits(configuration: XmlElement): Edit[] {
  const alerts = childrenOf(configuration, 'alerts')[0];
  const known = alerts ? childrenOf(alerts, 'alert') : [];
  if (known.some(({ attributes }) => attributes.path === ALERT)) return [];
  // Alert agents of others are not in the image.
  const text = `<alerts><alert id="hadrill-record" path="${ALERT}"/></alerts>`;
  if (alerts) return [{ start: alerts.start, end: alerts.end, text }];
  // The schema has it behind the others (Pacemaker Explained).
  const after = childrenOf(configuration).at(-1);
  const at = after?.end ?? startInside(configuration);
  return [{ start: at, end: at, text }];
}

function startInside(element: XmlElement): number {
  return childrenOf(element)[0]?.start ?? element.end;
}

function apply(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((done, { start, end, text: own }) => done.slice(0, start) + own + done.slice(end), text);
}
