const STEP_MS = 25;

/** Asks until the answer is there. Fails with `what` when the deadline passes. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: { withinMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + (options.withinMs ?? 15_000);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > deadline) throw new Error(`Not within ${options.withinMs ?? 15_000} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
