import type { AcceptanceContext } from '../domain/acceptance.ts';
import type { Conversation, Profile } from '../domain/conversation.ts';
import { serviceFor, servicesByTouchpoint } from '../domain/services.ts';
import { isLandline } from '../domain/telephone.ts';
import { isWindowOpen } from '../domain/whatsapp-window.ts';
import type { OrganizationConfiguration } from '../store/configuration.ts';

const LAST_LANGUAGE = 'en';

/** What messages to this person are judged by. `conversation` is undefined while there is none yet. */
export function acceptanceContext(
  configuration: OrganizationConfiguration,
  profile: Profile,
  language: string | undefined,
  conversation: Conversation | undefined,
  now: number,
): AcceptanceContext {
  const languages = [language, configuration.organization.language, profile.locale, LAST_LANGUAGE];
  return {
    ...(conversation?.touchpoint && { touchpointInForce: conversation.touchpoint }),
    contact: {
      email: profile.email !== undefined,
      telephone: profile.telephone !== undefined,
      landline: isLandline(profile.telephone),
      whatsappId: profile.whatsappId !== undefined,
    },
    services: servicesByTouchpoint(configuration.services),
    templates: configuration.templates,
    languages: languages.filter((known) => known !== undefined),
    windowOpen: isWindowOpen(conversation ?? {}, {
      service: serviceFor(configuration.services, 'whatsapp', conversation?.services.whatsapp)?.id,
      now,
    }),
  };
}
