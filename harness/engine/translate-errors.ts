import type Docker from 'dockerode';
import { EngineGoneError, engineError } from './engine-errors.ts';

/** The engine takes its time to start or remove a container on a busy machine, but not this long. */
const ANSWER_TIMEOUT_MS = 120_000;
/** What lasts as long as what is awaited. */
const LASTING =
  /^\/containers\/[^/]+\/(wait|attach)|^\/exec\/[^/]+\/start|^\/events|^\/build|^\/images\/(create|load|get)/;

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
    const given = question.abortSignal ?? question.options?.abortSignal;
    const over = new AbortController();
    question.abortSignal = given ? AbortSignal.any([given, over.signal]) : over.signal;
    let late = false;
    const end = () => {
      late = true;
      over.abort();
    };
    const timer = LASTING.test(question.path) ? undefined : setTimeout(end, timeout_ms);
    dial(question, (error, data) => {
      clearTimeout(timer);
      if (!error) return answer(null, data);
      // The client leaves a request open that was to become a connection: that would keep this process from ending.
      over.abort();
      if (!late || given?.aborted) return answer(engineError(error, asked));
      answer(new EngineGoneError(asked, 'TIMEOUT', `no answer within ${timeout_ms / 1000} s`, error));
    });
  };
}
