import type { Touchpoint } from './touchpoint.ts';

/** What each type of service carries. */
export const SERVICE_TOUCHPOINTS = {
  ses: ['email'],
  twilio: ['sms'],
  whatsapp: ['whatsapp'],
} as const satisfies Record<string, readonly Touchpoint[]>;
export type ServiceType = keyof typeof SERVICE_TOUCHPOINTS;

/** The types of service that can carry a touchpoint. */
export type CarrierOf<T extends Touchpoint> = {
  [S in ServiceType]: T extends (typeof SERVICE_TOUCHPOINTS)[S][number] ? S : never;
}[ServiceType];

interface CarryingService {
  readonly id: string;
  readonly type: ServiceType;
  readonly status: string;
}

const carries = (service: CarryingService, touchpoint: Touchpoint): boolean =>
  service.status === 'active' && SERVICE_TOUCHPOINTS[service.type].some((carried) => carried === touchpoint);

/** Ids of the active services, by the touchpoint they carry. */
export const servicesByTouchpoint = (services: readonly CarryingService[]): Partial<Record<Touchpoint, string[]>> => {
  const byTouchpoint: Partial<Record<Touchpoint, string[]>> = {};
  for (const service of services.filter(({ status }) => status === 'active')) {
    for (const touchpoint of SERVICE_TOUCHPOINTS[service.type]) {
      byTouchpoint[touchpoint] = [...(byTouchpoint[touchpoint] ?? []), service.id];
    }
  }
  return byTouchpoint;
};

/** The service to send by: the one chosen for the conversation while it is active, else any that carries the touchpoint. */
export const serviceFor = <S extends CarryingService>(
  services: readonly S[],
  touchpoint: Touchpoint,
  chosen: readonly string[] = [],
): S | undefined => {
  const able = services.filter((service) => carries(service, touchpoint));
  return able.find((service) => chosen.includes(service.id)) ?? able[0];
};
