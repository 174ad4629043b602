import { EnvironmentError, messageOf } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';

/** Without Keystone every request is an administrator's, and names its project itself. */
const PROJECT = 'hadrill';
/** The creation of an HA router takes 7 s on an idle machine with two processors. */
const TIMEOUT_S = 90;
/** For a look in a trial: a server that is asked what is so is not to hold the trial up. */
const LOOK_TIMEOUT_S = 10;

/** What the API has of one thing: its id, its name, and whatever else it says. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Neutron's API, asked at the control node itself: no packet of it crosses a wire of the lab. */
export class NeutronApi {
  readonly #lab: Lab;
  readonly #control: LabNode;
  readonly #timeout_s: number;

  constructor(lab: Lab, control: LabNode, timeout_s = TIMEOUT_S) {
    this.#lab = lab;
    this.#control = control;
    this.#timeout_s = timeout_s;
  }

  /** For questions in a trial, which are not to wait for long. */
  static forLooks(lab: Lab, control: LabNode): NeutronApi {
    return new NeutronApi(lab, control, LOOK_TIMEOUT_S);
  }

  /** All of a kind (`routers`), or those that a query narrows down to. @throws as `request`. */
  async list(kind: string, query = ''): Promise<Resource[]> {
    const answer = await this.request('GET', query === '' ? kind : `${kind}?${query}`);
    // `routers/ID/l3-agents` answers with `agents`.
    const key = kind.split('/').at(-1)!.replace('l3-', '');
    return (answer[key] ?? []) as Resource[];
  }

  /** Creates one of a kind. @param one its name in the API (`router`). @throws as `request`. */
  async create(kind: string, one: string, fields: Record<string, unknown>): Promise<Resource> {
    const answer = await this.request('POST', kind, { [one]: { project_id: PROJECT, ...fields } });
    return answer[one] as Resource;
  }

  /**
   * @param path behind `/v2.0/`.
   * @throws EnvironmentError with the API's own words when it refuses, or does not answer.
   */
  async request(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const what = `${method} ${path}`;
    const { status, stdout, stderr } = await runInNode(
      this.#lab,
      this.#control,
      curl(method, path, body, this.#timeout_s),
      this.#timeout_s + 5,
    );
    if (status !== 0) throw new EnvironmentError(`Neutron's API does not answer ${what}: ${stderr.trim()}`);
    const [, text = '', code = ''] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
    if (!code.startsWith('2'))
      throw new EnvironmentError(`Neutron's API refuses ${what} (${code}): ${reasonIn(text)}`);
    try {
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    } catch (error) {
      throw new EnvironmentError(`Neutron's API answers ${what} with what is not JSON: ${messageOf(error)}`);
    }
  }
}

function curl(method: string, path: string, body: unknown, timeout_s: number): string[] {
  const sent = body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];
  const url = `http://127.0.0.1:9696/v2.0/${path}`;
  return ['curl', '-sS', '--max-time', String(timeout_s), '-X', method, ...sent, '-w', '\n%{http_code}', url];
}

/** `{"NeutronError": {"type": ..., "message": ..., "detail": ...}}` */
function reasonIn(text: string): string {
  try {
    const { NeutronError: error } = JSON.parse(text) as { NeutronError?: { type: string; message: string } };
    if (error) return `${error.type}: ${error.message}`;
  } catch {
    // Not the API's own form: as it is.
  }
  return text.slice(0, 500).trim();
}
