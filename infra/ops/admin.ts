/**
 * `npm run admin -- organization | user | token | service | template … [--stage <stage>]`: makes what an installation
 * needs before anybody can call its API, by the API's own use cases. Prints the id that was made, or the token.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { RequestError } from '../../shared/domain/errors.ts';
import { COMMANDS, type Given, type Made } from './admin-commands.ts';
import { type Administration, createAdministration } from './administration.ts';
import { findInstallation } from './installation.ts';

const STRING = { type: 'string' } as const;

export interface AdminInput {
  readonly args: readonly string[];
  /** What stands on standard input, where a password is to be read from it. */
  readPassword(): Promise<string>;
}

/** Throws one sentence, or one for each thing that is wrong. */
export async function admin(
  connect: (where: { stage?: string | undefined }) => Promise<Administration>,
  { args: [name = '', ...args], readPassword }: AdminInput,
): Promise<Made> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Error(`Say what to make: npm run admin -- ${Object.keys(COMMANDS).join(' | ')}`);
  const flags = Object.fromEntries([...command.flags, 'json', 'stage'].map((flag) => [flag, STRING]));
  const { values } = parseArgs({ args, options: { ...flags, 'password-stdin': { type: 'boolean' } } });
  const { stage, json, 'password-stdin': hasPassword, ...given } = values as Given & { 'password-stdin'?: boolean };
  const more = json === undefined ? {} : objectIn(json);
  const secret = hasPassword ? { password: (await readPassword()).trimEnd() } : {};
  return command.make(await connect({ stage }), given, { ...more, ...secret }).catch((error: unknown) => {
    throw error instanceof RequestError ? new Error(sentencesOf(error)) : error;
  });
}

function objectIn(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, in the same words as for what is JSON but no object.
  }
  throw new Error('--json must be a JSON object.');
}

const sentencesOf = ({ message, details }: RequestError): string =>
  details.length > 1 ? details.map(({ path, message }) => `${path} ${message}`).join('\n') : message;

if (import.meta.main) {
  const connect = async (where: { stage?: string | undefined }) =>
    createAdministration(await findInstallation({ ...where, port: process.env.PORT ?? '3000' }));
  await admin(connect, { args: process.argv.slice(2), readPassword: () => text(process.stdin) }).then(
    ({ prints, says }) => {
      console.error(says);
      console.log(prints);
    },
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
