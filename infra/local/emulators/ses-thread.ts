/** The inside of the SES emulator's thread: it keeps its mails in a module, so each one wants a thread of its own. */
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import sesLocal from 'aws-ses-v2-local';

const { port } = workerData as { port: number };
const server = await sesLocal.default({ host: '127.0.0.1', port });
const address = server.address() as AddressInfo | null;
if (!address) throw new Error(`The SES emulator could not listen on port ${port}.`);
parentPort?.postMessage(address.port);
