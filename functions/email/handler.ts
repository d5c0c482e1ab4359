/**
 * Trigger: queue `email`.
 * Reads and writes the table, calls SES, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import * as z from 'zod';
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createSes } from '../../shared/providers/ses/ses.ts';
import { readEnvironment, text } from '../../shared/runtime/environment.ts';

const { SES_CONFIGURATION_SET: configurationSet } = readEnvironment(z.object({ SES_CONFIGURATION_SET: text }));

export const handler = createTouchpointHandler('email', { ses: createSes({ configurationSet }) });
