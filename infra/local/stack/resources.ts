import { readAssembly, type StackTemplate } from './assembly.ts';
import { plainName } from './identity.ts';
import { createResolver, type Physical, type Resolve } from './intrinsics.ts';
import { refuseUnknownResources } from './resource-types.ts';

export interface Declared<P> {
  readonly logicalId: string;
  readonly stack: StackTemplate;
  /** Each one is evaluated when it is read: it may then name what is created by now, and what is not read may name anything. */
  readonly properties: P;
  /** Makes the resource known to every reference in the templates. */
  created(physical: Physical): void;
}

export interface Resources {
  ofType<P>(...types: string[]): Declared<P>[];
  /** What `Ref` gives, by logical id, of everything created. */
  physicalIds(): Record<string, string>;
  /** What `Ref` gives, by logical id with or without its hash. Throws for none and for several. */
  find(name: string): string;
}

/** The resources of an assembly. Throws for any that a local run could not be faithful to. */
export function readResources(assemblyDir: string): Resources {
  const stacks = readAssembly(assemblyDir);
  refuseUnknownResources(stacks);
  const physical = new Map<string, Physical>();
  const keyOf = (stack: StackTemplate, logicalId: string) => `${stack.name}/${logicalId}`;
  const resolvers = new Map<string, Resolve>();

  function resolverOf(stackName: string): Resolve {
    const resolver = resolvers.get(stackName);
    if (!resolver) throw new Error(`The assembly has no stack ${stackName}.`);
    return resolver;
  }

  function outputOf(stackName: string, outputName: string): unknown {
    const resolve = resolverOf(stackName);
    const output = stacks.find(({ name }) => name === stackName)?.template.Outputs?.[outputName];
    if (!output) throw new Error(`Stack ${stackName} has no output ${outputName}.`);
    return resolve(output.Value);
  }

  function exportOf(name: string): unknown {
    for (const { name: stackName, template } of stacks) {
      const resolve = resolverOf(stackName);
      for (const output of Object.values(template.Outputs ?? {})) {
        if (output.Export && resolve(output.Export.Name) === name) return resolve(output.Value);
      }
    }
    throw new Error(`No stack of the assembly exports ${name}.`);
  }

  for (const stack of stacks) {
    const surroundings = { stack, physical: (id: string) => physical.get(keyOf(stack, id)), outputOf, exportOf };
    resolvers.set(stack.name, createResolver(surroundings));
  }

  /** Physical names follow from logical ids alone, so an id that two stacks use would be one resource by accident. */
  function register(stack: StackTemplate, logicalId: string, made: Physical): void {
    const twin = stacks.find((other) => other !== stack && physical.has(keyOf(other, logicalId)));
    if (twin) throw new Error(`Stacks ${twin.name} and ${stack.name} both have a resource called ${logicalId}.`);
    physical.set(keyOf(stack, logicalId), made);
  }

  function ofType<P>(...types: string[]): Declared<P>[] {
    return stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, { Type }]) => types.includes(Type))
        .map(([logicalId, resource]) => ({
          logicalId,
          stack,
          properties: evaluateOnRead<P>(resource.Properties ?? {}, resolverOf(stack.name)),
          created: (made: Physical) => register(stack, logicalId, made),
        })),
    );
  }

  const physicalIds = () =>
    Object.fromEntries([...physical].map(([key, { ref }]) => [key.slice(key.indexOf('/') + 1), ref]));

  function find(name: string): string {
    const ids = physicalIds();
    const found = name in ids ? [name] : Object.keys(ids).filter((id) => plainName(id) === name);
    const [only = ''] = found;
    if (found.length !== 1) throw new Error(`The assembly has ${found.length} resources called ${name}.`);
    return ids[only] ?? '';
  }

  return { ofType, physicalIds, find };
}

function evaluateOnRead<P>(properties: Record<string, unknown>, resolve: Resolve): P {
  const getters = Object.keys(properties).map((key) => [
    key,
    { get: () => resolve(properties[key]), enumerable: true },
  ]);
  return Object.defineProperties({}, Object.fromEntries(getters)) as P;
}
