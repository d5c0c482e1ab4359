/** Meta's timestamps are seconds, written as text. */
export function timeOf(timestamp: string | undefined): number | undefined {
  return /^\d{1,11}$/.test(timestamp ?? '') ? Number(timestamp) * 1000 : undefined;
}
