import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { isFields } from './bad-input.ts';

/** The part of an OpenAPI document that is used here. */
interface Document {
  readonly paths: Record<string, Record<string, { requestBody: { content: Record<string, { schema: object }> } }>>;
  readonly components: {
    readonly schemas: Record<string, { properties?: object; required?: string[]; discriminator?: { mapping: object } }>;
  };
}

/** Says what is wrong with a request body by the provider's own document, or nothing. */
export type Check = (body: unknown) => string | undefined;

export interface RequestChecks {
  readonly present: boolean;
  readonly twilio: Check;
  readonly whatsapp: Check;
  readonly awsSms: Check;
  /** By the name of the body's schema. */
  readonly sunshine: (schema: string) => Check;
}

const FILES = [
  'twilio-messages.openapi.yaml',
  'meta-whatsapp-cloud.openapi.yaml',
  'aws-sms-voice-v2.openapi.yaml',
  'sunshine-conversations.openapi.yaml',
];
const unchecked: Check = () => undefined;
const NONE: RequestChecks = {
  present: false,
  twilio: unchecked,
  whatsapp: unchecked,
  awsSms: unchecked,
  sunshine: () => unchecked,
};

/** Reads the providers' documents; without them nothing is checked, and `present` says so. */
export function loadRequestChecks(folder: string | undefined): RequestChecks {
  const files = folder ? FILES.map((file) => join(folder, file)) : [];
  if (files.length === 0 || !files.every((file) => existsSync(file))) return NONE;
  const [twilio, whatsapp, awsSms, sunshine] = files.map((file) => readFileSync(file, 'utf8'));
  if (!twilio || !whatsapp || !awsSms || !sunshine) return NONE;
  return {
    present: true,
    twilio: checkTwilio(parse(twilio)),
    whatsapp: checkWhatsApp(parse(whatsapp)),
    awsSms: bySchema(parse(awsSms))('SendTextMessageRequest'),
    // Its alternatives are told apart by a discriminator alone, so that `oneOf` fits several of them at once.
    sunshine: bySchema(parse(sunshine.replaceAll(/\boneOf:/g, 'anyOf:'))),
  };
}

/** Stricter than the document in one point: a field it does not name is a slip of ours, which the provider would swallow. */
function bySchema({ components }: Document): (schema: string) => Check {
  const ajv = createAjv({});
  ajv.addSchema({ components: convert(components) as object }, 'document');
  return (schema) => {
    const known = Object.keys(components.schemas[schema]?.properties ?? {});
    const validate = ajv.compile({ $ref: `document#/components/schemas/${schema}` });
    return (body) => {
      const unknown = isFields(body) ? Object.keys(body).filter((name) => !known.includes(name)) : [];
      return unknown.length > 0 ? `body: must not have ${unknown.join(', ')}` : violation(validate, body);
    };
  };
}

/** Stricter than the document in one point: a field it does not name is a slip of ours, which Twilio would swallow. */
function checkTwilio({ paths, components }: Document): Check {
  const body = paths['/2010-04-01/Accounts/{AccountSid}/Messages.json']?.post?.requestBody.content;
  const ajv = createAjv({ coerceTypes: 'array' });
  ajv.addSchema({ components: convert(components) as object }, 'twilio');
  const schema = { ...body?.['application/x-www-form-urlencoded']?.schema, additionalProperties: false };
  const validate = ajv.compile(JSON.parse(JSON.stringify(convert(schema)).replaceAll('"#/', '"twilio#/')));
  return (fields) => violation(validate, structuredClone(fields));
}

/** By `type`, as the document's discriminator says: eleven alternatives at once explain nothing. */
function checkWhatsApp({ components }: Document): Check {
  const ajv = createAjv({});
  const converted = convert(components) as Document['components'];
  const base = converted.schemas.BaseMessageProperties;
  Object.assign(base?.properties ?? {}, {
    biz_opaque_callback_data: { type: 'string', maxLength: 512 },
    recipient: { type: 'string' },
  });
  // Younger than the document: people without a number are named by `recipient`.
  if (base) base.required = base.required?.filter((name) => name !== 'to');
  ajv.addSchema({ components: converted }, 'meta');
  const types = Object.entries(components.schemas.Message?.discriminator?.mapping ?? {});
  const validators = new Map(types.map(([type, ref]) => [type, ajv.compile({ $ref: `meta${ref}` })]));
  return (body) => {
    const type = isFields(body) ? body.type : undefined;
    const validate = validators.get(String(type));
    return validate ? violation(validate, body) : `type: must be one of ${[...validators.keys()].join(', ')}`;
  };
}

const isUrl = (text: string) => URL.canParse(text);

const createAjv = (options: object) =>
  new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { uri: isUrl, url: isUrl, email: true, date: true, 'date-time': true, 'phone-number': true },
    ...options,
  });

function violation(validate: ValidateFunction, body: unknown): string | undefined {
  if (validate(body)) return undefined;
  const said = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const where = instancePath.slice(1).replaceAll('/', '.');
    const field = params.additionalProperty ?? params.unevaluatedProperty;
    return `${where || 'body'}: ${message}${field ? ` (${field})` : ''}`;
  });
  return [...new Set(said)].join('; ');
}

/**
 * The documents as JSON Schema. Two things in Meta's cannot be taken literally: `additionalProperties: false` in one
 * member of an `allOf` would forbid what the other members require, and the pattern of a button's `index` is a
 * character class that excludes the 0 of its own example. OpenAPI ignores a `nullable` without `type`, as Sunshine's has.
 */
function convert(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(convert);
  if (!isFields(node)) return node;
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) copy[name] = convert(value);
  if (!('type' in copy)) delete copy.nullable;
  if (copy.pattern === '^[2-6, 11-14]$') copy.pattern = '^[0-9]$';
  const members = Array.isArray(copy.allOf) ? copy.allOf.filter(isFields) : [];
  if (members.some((member) => member.additionalProperties === false)) {
    copy.allOf = members.map(({ additionalProperties: _, ...member }) => member);
    copy.unevaluatedProperties = false;
  }
  return copy;
}
