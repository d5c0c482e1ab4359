// The providers' doubles as a process: configuration (DoublesConfig) as JSON in the first argument or in
// OVERTURE_DOUBLES; one JSON line with the addresses on standard output when ready.
// Ends when standard input closes, so that it never outlives who started it, or on SIGTERM.
import { type DoublesConfig, openDoubles } from './doubles.ts';

const config: DoublesConfig = JSON.parse(process.argv[2] ?? process.env.OVERTURE_DOUBLES ?? '{}');

const end = () => process.exit(0);
process.on('SIGTERM', end);
// Ctrl-C reaches the whole group, but only the parent knows when its doubles are no longer needed.
if (!process.stdin.isTTY) process.on('SIGINT', () => {});
process.stdin.on('end', end).on('close', end).on('error', end).resume();

const { addresses } = await openDoubles(config).catch((error: Error) => {
  console.error(`doubles: ${error.message}`);
  return process.exit(1);
});
console.log(JSON.stringify({ ready: true, ...addresses }));
