import type Docker from 'dockerode';
import { EngineGoneError, engineError } from './engine-errors.ts';

/** The engine takes its time to start or remove a container on a busy machine, but not this long. */
const ANSWER_TIMEOUT_MS = 120_000;
/** What lasts as long as what is awaited. */
const LASTING =
  /^\/containers\/[^/]+\/(wait|attach)|^\/exec\/[^/]+\/start|^\/events|^\/build|^\/images\/(create|load)/;

/** What the client asks of the engine by, as far as it matters here. */
interface Question {
  path: string;
  method: string;
  abortSignal?: AbortSignal;
  options?: { abortSignal?: AbortSignal };
}
type Answer = (error: unknown, data?: unknown) => void;
interface Modem {
  dial(question: Question, answer: Answer): void;
}

/**
 * Makes every error of talking to this engine one of hadrill's (`engine-errors.ts`), and bounds every answer in time.
 * The one place where the client's own errors are known.
 */
export function translateErrors(docker: Docker, timeout_ms = ANSWER_TIMEOUT_MS): void {
  const modem = docker.modem as unknown as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (question, answer) => {
    const asked = { method: question.method, path: question.path };
    if (LASTING.test(question.path)) {
      dial(question, (error, data) => answer(error ? engineError(error, asked) : null, data));
      return;
    }
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeout_ms);
    const given = question.abortSignal ?? question.options?.abortSignal;
    question.abortSignal = given ? AbortSignal.any([given, late.signal]) : late.signal;
    dial(question, (error, data) => {
      clearTimeout(timer);
      if (!error) answer(null, data);
      else if (!late.signal.aborted || given?.aborted) answer(engineError(error, asked));
      else answer(new EngineGoneError(asked, 'TIMEOUT', `no answer within ${timeout_ms / 1000} s`, error));
    });
  };
}
