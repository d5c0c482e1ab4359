/** `npm run token -- --user <id>`: a bearer token for a seeded user of the running `npm start` (same PORT). */
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { user: { type: 'string' } } });
const port = process.env.PORT ?? '3000';

async function main(user: string | undefined): Promise<string> {
  if (!user) throw new Error('Say whose: npm run token -- --user <id>');
  const url = `http://127.0.0.1:${port}/_local/token?user=${encodeURIComponent(user)}`;
  const answer = await fetch(url).catch(() => {
    throw new Error(`Nothing answers on port ${port}: start Overture with npm start, or name its PORT.`);
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

await main(values.user).then(
  (token) => console.log(token),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
