import ClosingEnvironment from './environment.js';

const ANSWERS = 5;
const BODY_CHARACTERS = 2_000;
const BODY_TIMEOUT_MS = 1_000;

/**
 * The environment of all tests, which writes more about a test that failed: the last answers to `fetch`, and what the parts of the
 * system say that were registered with `describeOnFailure` (src/failure-report.ts). It writes before the test's hooks
 * clean up, to standard error.
 */
export default class ReportingEnvironment extends ClosingEnvironment {
  /** @type {{ request: string, answer: string, body?: string, response?: Response }[]} the last ones */
  answers = [];
  /** @type {Map<string, () => Promise<string>>} */
  parts = new Map();

  async setup() {
    await super.setup();
    this.global.describedOnFailure = this.parts;
    const { fetch } = this.global;
    this.global.fetch = async (input, options) => {
      const request = `${options?.method ?? 'GET'} ${input?.url ?? input}`;
      try {
        const response = await fetch(input, options);
        this.keep({ request, answer: String(response.status), response });
        return response;
      } catch (error) {
        this.keep({ request, answer: `${error} ${error?.cause ?? ''}` });
        throw error;
      }
    };
  }

  async handleTestEvent(event) {
    super.handleTestEvent(event);
    if (event.name === 'test_fn_failure') await this.report(event.test.name);
    if (event.name === 'hook_failure') {
      const { hook, test, describeBlock } = event;
      await this.report(`${hook.type} of ${test?.name ?? describeBlock?.name}`);
    }
  }

  /** Keeps an answer, with what the test reads of its body. */
  keep(answer) {
    this.answers = [...this.answers.slice(1 - ANSWERS), answer];
    const { response } = answer;
    if (response === undefined) return;
    const text = response.text.bind(response);
    response.text = async () => (answer.body = await text());
    response.json = async () => JSON.parse(await response.text());
  }

  async report(name) {
    const lines = [`\n=== What there was when this failed: ${name}`];
    for (const answer of this.answers) {
      lines.push(`--- ${answer.request}: ${answer.answer}`, (await bodyOf(answer)).slice(0, BODY_CHARACTERS));
    }
    for (const [part, describe] of this.parts) {
      lines.push(`--- ${part}`, await describe().catch((error) => `not described: ${error}`));
    }
    process.stderr.write(`${lines.join('\n')}\n=== End of what there was\n`);
  }
}

/** The body as the test has read it, or as it can still be read. */
async function bodyOf({ body, response }) {
  if (body !== undefined || response === undefined || response.bodyUsed) return body ?? '';
  const timeout = new Promise((resolve) =>
    setTimeout(resolve, BODY_TIMEOUT_MS, 'a body without an end').unref(),
  );
  return Promise.race([response.text(), timeout]).catch(String);
}
