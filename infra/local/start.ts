import { type Overture, startOverture } from './overture.ts';

const DEFAULT_PORT = 3000;

const banner = ({ url, inboxUrl, checksRequests }: Overture, token: string): string => `
  Overture is running: the deployed definition, on this machine.

  API        ${url}/v2
  Reference  ${url}/docs
  Mail       ${inboxUrl}
  Outbox     ${url}/_local/outbox
  Token      ${token}
  Doubles    requests are ${checksRequests ? 'checked' : 'not checked'} against the providers' documents${checksRequests ? '' : ', which are not here'}

  Try it:

curl -s ${url}/v2/conversations \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"organization":"6663a1f684ba342816c4b7c4","type":"contact","contact":{"profile":{"name":"John Johnson","email":"johnjohn@example.com"}},"messages":[{"text":"Hey there!","touchpoint":"email","role":"agent"}]}'

  Ctrl-C ends it.
`;

function portOf(value: string | undefined): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not "${value}".`);
}

function hopSecondsOf(value: string): number {
  const seconds = Number(value);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 900) return seconds;
  throw new Error(`OVERTURE_HOP_SECONDS must be a number from 1 to 900, not "${value}".`);
}

/** When the npm that started us is gone, so is the one who would end us. */
function endWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 1_000).unref();
}

async function main(): Promise<void> {
  const overture = await startOverture({
    port: portOf(process.env.PORT),
    ...(process.env.OVERTURE_DATA && { dataDir: process.env.OVERTURE_DATA }),
    ...(process.env.OVERTURE_SEED && { seedFile: process.env.OVERTURE_SEED }),
    ...(process.env.OVERTURE_DOUBLES && { doubles: JSON.parse(process.env.OVERTURE_DOUBLES) }),
    ...(process.env.OVERTURE_HOP_SECONDS && { hopSeconds: hopSecondsOf(process.env.OVERTURE_HOP_SECONDS) }),
    log: (line) => console.error(line),
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    overture.stop().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(error.message);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  endWithParent(stop);
  const token = overture.demoUser === undefined ? undefined : await overture.token(overture.demoUser);
  console.log(banner(overture, token ?? '(the seed has no users)'));
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
