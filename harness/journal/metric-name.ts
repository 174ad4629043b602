/** The parts of a metric's full name: `fault2.udp.outage_ms` is the `outage_ms` of `udp`, of the second fault alone. */
export interface MetricName {
  /** Which fault it is of alone, from 2 on; undefined for one of the whole trial, or of its first fault. */
  fault: number | undefined;
  /** The probe, or what else it is of; empty where the name has no such part. */
  subject: string;
  /** What is measured, with its unit. */
  measure: string;
}

/** Probes' names have no dot, so that the first one ends the subject. */
export function parseMetricName(metric: string): MetricName {
  const [, number, name] = /^(?:fault(\d+)\.)?(.*)$/s.exec(metric)!;
  const dot = name!.indexOf('.');
  return {
    fault: number === undefined ? undefined : Number(number),
    subject: name!.slice(0, Math.max(0, dot)),
    measure: name!.slice(dot + 1),
  };
}

/** The name of what a later fault alone did to a metric. */
export function ofFault(number: number, metric: string): string {
  return `fault${number}.${metric}`;
}

/** The name without the fault that it is of. */
export function ofAnyFault(metric: string): string {
  const { subject, measure } = parseMetricName(metric);
  return subject === '' ? measure : `${subject}.${measure}`;
}
