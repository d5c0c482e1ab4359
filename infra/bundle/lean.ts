import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import {
  fewErrors,
  namesOnly,
  versionOnly,
  withoutCache,
  withoutEventStreams,
  withoutFormats,
  withoutMeta,
  withoutProcessors,
} from './left-out.ts';

interface LeftOut {
  /** The file of a package, by the end of its path. */
  readonly file: RegExp;
  /** What stands there instead of the file's source. */
  instead(source: string): string;
}

/** What packages bring along, and we write for documents, that no function runs: it would be loaded at every cold start. */
const LEFT_OUT: readonly LeftOut[] = [
  // How countries write their numbers: we keep and send E.164. 50 kB.
  { file: /libphonenumber-js\/metadata\.max\.json\.js$/, instead: withoutFormats },
  // JSON Schemas are made where the OpenAPI document is. 18 kB.
  { file: /zod\/v4\/core\/to-json-schema\.js$/, instead: namesOnly },
  { file: /zod\/v4\/core\/json-schema-processors\.js$/, instead: withoutProcessors },
  // Ids and descriptions of our schemas are for documents; each call copies its schema. 9 kB.
  { file: /\/(?:functions|shared)\/.+\.ts$/, instead: withoutMeta },
  // No call of ours streams events. 16 kB.
  { file: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/, instead: withoutEventStreams },
  // DynamoDB's client makes one and no command asks it. 7 kB.
  { file: /@aws-sdk\/endpoint-cache\/dist-es\/EndpointCache\.js$/, instead: withoutCache },
  // No code tells these errors apart but by their names, which the SDK's base error has too. 27 kB.
  { file: /@aws-sdk\/client-(?:dynamodb|sqs|secrets-manager)\/dist-es\/schemas\/schemas_0\.js$/, instead: fewErrors },
  // A client reads its version there. 2 kB each.
  { file: /@aws-sdk\/client-[a-z-]+\/package\.json$/, instead: versionOnly },
];

export interface Lean {
  readonly plugin: Plugin;
  /** What no file was left out by: its package has moved the file. */
  unused(): string[];
}

/** Leaves out of a bundle what no function runs. */
export function createLean(): Lean {
  const used = new Set<LeftOut>();
  return {
    plugin: {
      name: 'lean',
      setup(build) {
        for (const leftOut of LEFT_OUT) {
          build.onLoad({ filter: leftOut.file }, ({ path }) => {
            used.add(leftOut);
            const contents = leftOut.instead(readFileSync(path, 'utf8'));
            return { contents, loader: 'default' };
          });
        }
      },
    },
    unused: () => LEFT_OUT.filter((leftOut) => !used.has(leftOut)).map(({ file }) => String(file)),
  };
}
