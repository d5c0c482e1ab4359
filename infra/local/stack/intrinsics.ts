import type { StackTemplate } from './assembly.ts';
import { ACCOUNT, REGION } from './identity.ts';

/** What a created resource answers to `Ref` and `Fn::GetAtt`. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Surroundings {
  readonly stack: StackTemplate;
  /** The created resource of this stack; undefined for one that is ignored or not created yet. */
  physical(logicalId: string): Physical | undefined;
  outputOf(stackName: string, outputName: string): unknown;
  exportOf(name: string): unknown;
}

export type Resolve = (value: unknown) => unknown;

/**
 * Evaluates CloudFormation's functions in a value of this stack's template. Throws, naming it, for a function that it does
 * not know, a reference to nothing, and an attribute of a resource that is not run.
 */
export function createResolver(surroundings: Surroundings): Resolve {
  const { stack, physical, outputOf, exportOf } = surroundings;
  const { Resources: resources, Parameters: parameters = {} } = stack.template;

  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::NoValue': undefined,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack.name}/local`,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  function refer(name: string): unknown {
    if (name in pseudo) return pseudo[name];
    const created = physical(name);
    if (created) return created.ref;
    const ignored = resources[name];
    if (ignored) return resolve(ignored.Properties?.Name) ?? name;
    const parameter = parameters[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    throw new Error(`Stack ${stack.name} refers to ${name}, which has no value in a local run.`);
  }

  function getAttribute(argument: unknown): unknown {
    const [id = '', attribute = ''] = Array.isArray(argument) ? argument : splitOnce(String(argument), '.');
    const value = physical(id)?.attributes[String(resolve(attribute))];
    if (value !== undefined) return value;
    const type = resources[id]?.Type ?? 'no resource';
    throw new Error(`The local run does not know ${id}.${attribute} (${type}) of stack ${stack.name}.`);
  }

  function substitute(argument: unknown): string {
    const [text, values] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in values) return String(resolve(values[name]));
      return String(name.includes('.') ? getAttribute(name) : refer(name));
    });
  }

  const functions: Record<string, (argument: never) => unknown> = {
    Ref: refer,
    'Fn::GetAtt': getAttribute,
    'Fn::GetStackOutput': ({ StackName, OutputName }: { StackName: unknown; OutputName: unknown }) =>
      outputOf(String(resolve(StackName)), String(resolve(OutputName))),
    'Fn::ImportValue': (name: unknown) => exportOf(String(resolve(name))),
    'Fn::Join': ([separator, parts]: [string, unknown]) => (resolve(parts) as unknown[]).join(separator),
    'Fn::Select': ([index, list]: [unknown, unknown]) => (resolve(list) as unknown[])[Number(resolve(index))],
    'Fn::Split': ([separator, text]: [string, unknown]) => String(resolve(text)).split(separator),
    'Fn::Sub': substitute,
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [''];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const evaluate = functions[name];
      if (!evaluate) throw new Error(`The local run does not know the function ${name} (stack ${stack.name}).`);
      return evaluate(argument as never);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(item)]).filter(([, item]) => item !== undefined),
    );
  }

  return resolve;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
