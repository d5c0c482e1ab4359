/**
 * What a look came to. `finished`: the message is, now wake the one behind it. `again`: something changed under our
 * hands, look at everything afresh.
 */
export type Step = 'done' | 'finished' | 'again';
