import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
const buffer: string[] = [];
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
let elu = performance.eventLoopUtilization();
export const hop = (line: object) => void (process.env.HOPS_FILE && buffer.push(JSON.stringify(line)));
export const clock = () => performance.timeOrigin + performance.now();
if (process.env.HOPS_FILE) setInterval(() => {
  const now = performance.eventLoopUtilization();
  hop({ loop: Date.now(), p50: loop.percentile(50)/1e6, p99: loop.percentile(99)/1e6, max: loop.max/1e6, elu: performance.eventLoopUtilization(now, elu).utilization });
  elu = now; loop.reset();
  appendFileSync(process.env.HOPS_FILE ?? '', buffer.splice(0).join('\n') + '\n');
}, 1000).unref();
