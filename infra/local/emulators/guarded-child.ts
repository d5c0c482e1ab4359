import { spawn } from 'node:child_process';

/**
 * Runs the command, and kills it with SIGKILL as soon as its own stdin (a pipe from us) closes: at `stop`, and also when
 * this process dies by `kill -9`. The shell stays the parent so that the exit of the command is seen at once.
 */
const GUARD = [
  'exec 3<&0',
  '"$@" </dev/null & child=$!',
  '{ cat <&3; kill -9 $child; } >/dev/null 2>&1 & guard=$!',
  'wait $child; code=$?',
  'kill $guard 2>/dev/null',
  'exit $code',
].join('\n');

export interface GuardedChild {
  /** Settles when the command has ended, whatever ended it. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** What the command has written so far, stdout and stderr together. */
  output(): string;
  /** Kills the command and waits until it is gone. Idempotent. */
  stop(): Promise<void>;
}

const OUTPUT_KEPT = 4_000;

/** Starts a command that cannot outlive this process. In a process group of its own: Ctrl-C reaches only us. */
export function spawnGuarded(command: string, args: readonly string[]): GuardedChild {
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', command, ...args], { detached: true });
  let output = '';
  let over = false;
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-OUTPUT_KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => {});
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      over = true;
      child.stdin.destroy();
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      output += error.message;
      end();
    });
  });
  return {
    exited,
    hasExited: () => over,
    output: () => output,
    stop: () => {
      child.stdin.end();
      return exited;
    },
  };
}
