import { headersRead } from './headers-read.ts';
import { HEADER_TEXTS, JSON_VALUES, pairsOf, TEXTS } from './hostile-texts.ts';
import { inHeader, inUrl, type Place, type Sent } from './place.ts';
import { longestText, type Operation, resolved, type Schema } from './schema.ts';
import type { Walked } from './walked.ts';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Larger than any limit of ours. */
const TOO_MUCH = { body: 300_000, url: 20_000 };
/** A text that is no longer than this cannot keep anybody busy. */
const HARMLESS_LENGTH = 200;
/** Of one character in a form: three bytes, each with its escape. */
const MOST_BYTES = 9;
/** Bytes by which the other fields of a body may differ from one request to the next, such as a new user's name. */
const OTHER_FIELDS = 64;
const TOO_LARGE = new Set([413, 414, 431]);

const bytes = (text: string): number => Buffer.byteLength(text);
const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every input of every route, as every kind of caller. @throws Error for a route whose body no document describes */
export async function placesOf(walked: Walked): Promise<Place[]> {
  // What there is no route for, and what CORS answers, read paths and headers too.
  const routes = [...Object.keys(walked.table), 'GET /nothing/*', 'OPTIONS /nothing/*'];
  const places: Place[] = [];
  for (const route of routes) places.push(...(await new Route(walked, route).places()));
  return [...places, ...(walked.others ?? [])];
}

class Route {
  private readonly method: string;
  private readonly template: string;
  private readonly operation: Operation;
  /** The one who gets furthest. */
  private readonly deepest: string;
  private readonly senders: readonly string[];

  private readonly walked: Walked;
  private readonly route: string;

  constructor(walked: Walked, route: string) {
    this.walked = walked;
    this.route = route;
    [this.method = '', this.template = ''] = route.split(' ');
    const path = `/${walked.contextPath}${this.template.replace(/:(\w+)/g, '{$1}')}`;
    this.operation = walked.document.paths[path]?.[this.method.toLowerCase()] ?? {};
    this.senders = Object.keys(walked.senders);
    this.deepest = this.senders.at(-1) ?? '';
    const { anybody } = walked.table[route] ?? { anybody: true };
    // Where no token is looked at, all callers are the same.
    if (anybody === true || anybody === 'client') this.senders = [this.deepest];
    const takesBody = ['POST', 'PUT', 'PATCH'].includes(this.method);
    if (takesBody && this.schema === undefined) throw new Error(`the document shows no body of ${route}`);
  }

  async places(): Promise<Place[]> {
    const places = [...(await this.headers()), ...(await this.paths()), ...(await this.queries())];
    if (!['GET', 'OPTIONS'].includes(this.method)) places.push(...(await this.bodies()));
    return places;
  }

  private get type(): string {
    return Object.keys(this.operation.requestBody?.content ?? {})[0] ?? JSON_TYPE;
  }

  private get schema(): Schema | undefined {
    const schema = this.operation.requestBody?.content[this.type]?.schema;
    return schema && resolved(this.walked.document, schema);
  }

  private async headers(): Promise<Place[]> {
    const { server, origin } = this.walked;
    const names = await headersRead(server, this.valid(this.deepest), origin);
    return names.map((name) => ({
      ...{ route: this.route, input: `header ${name}`, sender: this.deepest, texts: HEADER_TEXTS },
      most: this.walked.headerBytes,
      sizeOf: (text) => inHeader(text).length,
      request: (text) => {
        const sent = this.valid(this.deepest);
        // Never the same value twice: what was seen before may be in a cache.
        return { ...sent, headers: { ...sent.headers, [name]: inHeader(this.unlike(text)) } };
      },
    }));
  }

  private async paths(): Promise<Place[]> {
    const names = [...this.template.matchAll(/:(\w+)|\*/g)].map(([all, name]) => name ?? all);
    const places: Place[] = [];
    for (const name of names) {
      const urlWith = (sender: string, text: string): Sent => {
        const sent = this.valid(sender, name);
        return { ...sent, url: this.url(sender, { [name]: text }) };
      };
      const most = await this.greatest((size) => urlWith(this.deepest, 'a'.repeat(size)), TOO_MUCH.url);
      for (const sender of this.senders) {
        const common = { route: this.route, input: `path ${name}`, sender, most };
        places.push(
          {
            ...{ ...common, texts: TEXTS, sizeOf: (text) => inUrl(text).length },
            request: (text) => urlWith(sender, inUrl(text)),
          },
          {
            ...{ ...common, texts: pairsOf(name), sizeOf: bytes },
            request: (text) => urlWith(sender, text),
          },
        );
      }
    }
    return places;
  }

  private async queries(): Promise<Place[]> {
    const names = (this.operation.parameters ?? [])
      .filter((one) => one.in === 'query')
      .map(({ name }) => name);
    const queryWith = (sender: string, query: string): Sent => {
      const sent = this.valid(sender);
      return { ...sent, url: `${sent.url}?${query}` };
    };
    const most = await this.greatest((size) => queryWith(this.deepest, 'a'.repeat(size)), TOO_MUCH.url);
    return this.senders.flatMap((sender) => [
      {
        ...{
          route: this.route,
          input: 'query',
          sender,
          texts: pairsOf(names[0] ?? 'a'),
          most,
          sizeOf: bytes,
        },
        request: (text) => queryWith(sender, text),
      },
      ...names.map((name): Place => ({
        ...{ route: this.route, input: `query ${name}`, sender, texts: TEXTS, most },
        sizeOf: (text) => bytes(`${name}=${inUrl(text)}`),
        request: (text) => queryWith(sender, `${name}=${inUrl(text)}`),
      })),
    ]);
  }

  private async bodies(): Promise<Place[]> {
    const mostOf = (type: string): Promise<number> =>
      this.greatest((size) => this.withBody(this.deepest, ' '.repeat(size), type), TOO_MUCH.body);
    const [json, form] = [(await mostOf(JSON_TYPE)) - OTHER_FIELDS, (await mostOf(FORM_TYPE)) - OTHER_FIELDS];
    return this.senders.flatMap((sender) => [
      ...this.wholes(sender, json, form),
      ...Object.entries(this.schema?.properties ?? {}).flatMap(([name, schema]) =>
        this.type === FORM_TYPE
          ? this.formField(sender, form, name, schema)
          : this.jsonField(sender, json, name, schema),
      ),
    ]);
  }

  /** Also in the other format, which must be refused without work. */
  private wholes(sender: string, json: number, form: number): Place[] {
    const [name = 'a'] = Object.keys(this.schema?.properties ?? {});
    const common = { route: this.route, sender, sizeOf: bytes };
    return [
      {
        ...{ ...common, input: 'body as JSON', texts: JSON_VALUES, most: json },
        request: (text) => this.withBody(sender, text, JSON_TYPE),
      },
      {
        ...{ ...common, input: 'body as a form', texts: pairsOf(name), most: form },
        request: (text) => this.withBody(sender, text, FORM_TYPE),
      },
    ];
  }

  private jsonField(sender: string, most: number, name: string, schema: Schema): Place[] {
    const bodyWith = (value: string): string => {
      const others = Object.entries(this.walked.values(this.route, sender, name)).filter(
        ([other, given]) => other !== name && other in (this.schema?.properties ?? {}) && given !== undefined,
      );
      const fields = [...others.map(([other, given]) => [other, JSON.stringify(given)]), [name, value]];
      return `{${fields.map(([field = '', given = '']) => `${JSON.stringify(field)}:${given}`).join()}}`;
    };
    const common = { route: this.route, input: `body.${name}`, sender, most };
    const place = (texts: Place['texts'], write: (text: string) => string): Place => ({
      ...{ ...common, texts, sizeOf: (text) => bytes(bodyWith(write(text))) },
      request: (text) => this.withBody(sender, bodyWith(write(text)), JSON_TYPE, name),
    });
    const longest = longestText(schema) ?? 0;
    return [
      place(TEXTS, JSON.stringify),
      place(JSON_VALUES, (text) => text),
      ...(schema.type === 'array' ? [place(TEXTS, (text) => JSON.stringify([text]))] : []),
      ...(longest < HARMLESS_LENGTH
        ? []
        : [{ ...place(TEXTS, JSON.stringify), most: longest, sizeOf: (text: string) => text.length }]),
    ];
  }

  private formField(sender: string, most: number, name: string, schema: Schema): Place[] {
    const bodyWith = (value: string): string => {
      const others = Object.entries(this.walked.values(this.route, sender, name)).filter(
        ([other, given]) => other !== name && other in (this.schema?.properties ?? {}) && given !== undefined,
      );
      return `${new URLSearchParams(others.map(([other, given]): [string, string] => [other, spelled(given)])).toString()}&${name}=${value}`;
    };
    const place: Place = {
      ...{ route: this.route, input: `body.${name}`, sender, most, texts: TEXTS },
      sizeOf: (text) => bytes(bodyWith(inUrl(text))),
      request: (text) => this.withBody(sender, bodyWith(inUrl(text)), FORM_TYPE, name),
    };
    const repeated: Place = {
      ...place,
      texts: pairsOf(name),
      sizeOf: (text) => bytes(bodyWith(text)),
      request: (text) => this.withBody(sender, bodyWith(text), FORM_TYPE, name),
    };
    const longest = longestText(schema) ?? 0;
    return [
      place,
      repeated,
      ...(longest < HARMLESS_LENGTH || longest * MOST_BYTES > most
        ? []
        : [{ ...place, most: longest, sizeOf: (text: string) => text.length }]),
    ];
  }

  /** A request that nothing is wrong with, but that its body is missing. */
  private valid(sender: string, field?: string): Sent {
    return {
      method: this.method,
      url: this.url(sender, {}, field),
      headers: { ...this.walked.senders[sender] },
    };
  }

  private withBody(sender: string, payload: string, type: string, field?: string): Sent {
    const sent = this.valid(sender, field);
    return { ...sent, headers: { ...sent.headers, 'content-type': type }, payload };
  }

  private url(sender: string, changes: Readonly<Record<string, string>>, field?: string): string {
    const values = this.walked.values(this.route, sender, field);
    const path = this.template.replace(/:(\w+)|\*/g, (all, name: string | undefined) => {
      const key = name ?? all;
      return changes[key] ?? inUrl(spelled(values[key] ?? 'x'));
    });
    return `/${this.walked.contextPath}${path}`;
  }

  /** The greatest size that is not refused for its size. */
  private async greatest(sentOf: (size: number) => Sent, tooMuch: number): Promise<number> {
    let [taken, refused] = [0, tooMuch];
    while (refused - taken > 1) {
      const size = Math.floor((taken + refused) / 2);
      const { statusCode } = await this.walked.fastify.inject(sentOf(size));
      if (TOO_LARGE.has(statusCode)) refused = size;
      else taken = size;
    }
    return taken;
  }

  private unlike(text: string): string {
    Route.sent += 1;
    return `${Route.sent}${text}`;
  }

  private static sent = 0;
}
