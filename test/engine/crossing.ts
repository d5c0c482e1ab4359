import { type Draft, outbound } from './drafts.ts';
import { count } from './history.ts';
import { emailOf, telephoneOf } from './people.ts';
import type { Shape } from './shape.ts';
import type { World } from './world.ts';

const WITHIN_MS = 150;

/**
 * Three requests for one new person at once: A knows their email, B their telephone, C both. Whoever comes first, they
 * end as some order of them would: A and B make two contacts, or C brings them together.
 */
export function playCrossing(world: World, shape: Shape, person: number): void {
  const { scheduler, setting } = world;
  count(world.history, 'crossed');
  const { random } = scheduler;
  const began = scheduler.now() + random.below(1_000);
  const email = emailOf(person);
  const telephone = telephoneOf(person);
  const ask = (name: string, profile: object, touchpoint: string): void => {
    const messages: Draft[] = [{ ...outbound(random, shape, true), touchpoint }];
    const body = { organization: setting.organization, type: 'contact', contact: { profile }, messages };
    scheduler.at(began + random.below(WITHIN_MS), () =>
      world.request({ name: `${name} of ${person}`, person, kind: 'start', path: '/v2/conversations', body }),
    );
  };
  ask('A', { email }, 'email');
  ask('B', { telephone }, 'sms');
  ask('C', { email, telephone }, random.pick(['email', 'sms']));
}
